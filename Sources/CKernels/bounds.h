// The arithmetic of the two lower bounds for one row, in scalar form: what every level computes, lane by lane.
#ifndef SOSIA_BOUNDS_H
#define SOSIA_BOUNDS_H

#include "kernels_internal.h"

#include <math.h>

static inline float sosia_positive(float value) { return value > 0.0f ? value : 0.0f; }

static inline float sosia_form(const sosia_bound_form *form, float norm, float product) {
    return norm * form->norm_weight - product * form->product_weight + form->constant;
}

// `lane` is the row in its block, `parameters` the floats behind the block's codes.
static inline float sosia_prefix_bound(const sosia_prefix_query *query, float projection,
                                       const uint16_t *parameters, int lane) {
    const float along = sosia_from_half(parameters[SOSIA_BLOCK_ROWS + lane]);
    const float across = sosia_from_half(parameters[2 * SOSIA_BLOCK_ROWS + lane]);
    const float rest = sosia_from_half(parameters[3 * SOSIA_BLOCK_ROWS + lane]);
    const float norm = sosia_from_half(parameters[4 * SOSIA_BLOCK_ROWS + lane]);
    const float sure = sosia_positive(fabsf(projection) - query->error);
    const float free = sqrtf(sosia_positive(query->inside_squared - sure * sure));
    const float upper = (projection + query->error) * along + free * across + query->outside * rest;
    return sosia_form(&query->form, norm, upper);
}

static inline float sosia_middle_bound(const sosia_middle_query *query, float projection, float prefix,
                                       const float *parameters) {
    const float sure_prefix = sosia_positive(fabsf(prefix) - query->prefix_error);
    const float sure = sosia_positive(fabsf(projection) - query->error);
    const float free = sqrtf(sosia_positive(query->inside_squared - sure_prefix * sure_prefix - sure * sure));
    const float upper = (prefix + query->prefix_error) * parameters[0] + (projection + query->error) * parameters[1]
                        + free * parameters[3] + query->outside * parameters[4];
    return sosia_form(&query->form, parameters[5], upper);
}

// `product` is with the coarse or the full code, `prefix` and `middle` are projections.
static inline float sosia_full_bound(const sosia_full_query *query, float product, float prefix, float middle,
                                     const float *parameters) {
    const float estimate = parameters[0] * prefix + parameters[1] * middle + parameters[2] * product;
    const float error = query->prefix_error * parameters[0] + query->middle_error * parameters[1]
                        + query->error * parameters[3];
    const float sure = sosia_positive((fabsf(estimate) - error) * parameters[4]);
    const float free = sqrtf(sosia_positive(query->norm_squared - sure * sure));
    return sosia_form(&query->form, parameters[6], estimate + error + free * parameters[5]);
}

#endif
