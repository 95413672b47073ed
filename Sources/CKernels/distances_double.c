// The slow, wide sums for pairs whose float sum may have lost its accuracy.
#include "kernels_internal.h"

enum { LANES = 8 };

double sosia_l2_double(const float *a, const float *b, size_t dimension) {
    double lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= dimension; i += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            const double difference = (double)a[i + lane] - (double)b[i + lane];
            lanes[lane] += difference * difference;
        }
    }
    for (int lane = 0; i < dimension; i++, lane++) {
        const double difference = (double)a[i] - (double)b[i];
        lanes[lane] += difference * difference;
    }
    double sum = 0;
    for (int lane = 0; lane < LANES; lane++) sum += lanes[lane];
    return sum;
}

double sosia_dot_double(const float *a, const float *b, size_t dimension) {
    double lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= dimension; i += LANES) {
        for (int lane = 0; lane < LANES; lane++) lanes[lane] += (double)a[i + lane] * (double)b[i + lane];
    }
    for (int lane = 0; i < dimension; i++, lane++) lanes[lane] += (double)a[i] * (double)b[i];
    double sum = 0;
    for (int lane = 0; lane < LANES; lane++) sum += lanes[lane];
    return sum;
}
