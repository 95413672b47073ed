#include "CImages.h"

#include <libexif/exif-data.h>
#include <math.h>
#include <string.h>

// Printable ASCII without blanks at the ends; other bytes are left out.
static void copy_text(const ExifEntry *entry, char *out, size_t room) {
    out[0] = 0;
    if (!entry || entry->format != EXIF_FORMAT_ASCII || !entry->data) return;
    size_t length = 0;
    for (unsigned i = 0; i < entry->size && entry->data[i] && length + 1 < room; i++) {
        const unsigned char c = entry->data[i];
        if (c < 0x20 || c > 0x7e || (c == ' ' && length == 0)) continue;
        out[length++] = (char)c;
    }
    while (length > 0 && out[length - 1] == ' ') length--;
    out[length] = 0;
}

// Degrees, minutes, seconds as three unsigned rationals.
static int angle(const ExifEntry *entry, ExifByteOrder order, double *out) {
    if (!entry || entry->format != EXIF_FORMAT_RATIONAL || entry->size < 24 || !entry->data) return 0;
    static const double unit[3] = {1, 60, 3600};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        const ExifRational part = exif_get_rational(entry->data + 8 * i, order);
        if (part.denominator == 0) {
            // Seconds of 0/0 are common; degrees of 0/0 mean that there is no fix.
            if (i == 0 || part.numerator != 0) return 0;
            continue;
        }
        sum += (double)part.numerator / part.denominator / unit[i];
    }
    *out = sum;
    return isfinite(sum) != 0;
}

static char letter(const ExifEntry *entry) {
    return entry && entry->format == EXIF_FORMAT_ASCII && entry->size > 0 && entry->data ? (char)entry->data[0] : 0;
}

void sosia_exif_read(const uint8_t *bytes, size_t size, sosia_exif *out) {
    memset(out, 0, sizeof *out);
    if (size < 14 || size > 0x7fffffff) return;
    ExifData *data = exif_data_new();
    if (!data) return;
    exif_data_load_data(data, bytes, (unsigned)size);
    const ExifByteOrder order = exif_data_get_byte_order(data);
    ExifContent *main = data->ifd[EXIF_IFD_0], *photo = data->ifd[EXIF_IFD_EXIF], *gps = data->ifd[EXIF_IFD_GPS];

    const ExifEntry *entry = exif_content_get_entry(main, EXIF_TAG_ORIENTATION);
    if (entry && entry->format == EXIF_FORMAT_SHORT && entry->size >= 2 && entry->data) {
        const int value = exif_get_short(entry->data, order);
        out->orientation = value >= 1 && value <= 8 ? value : 0;
    }
    copy_text(exif_content_get_entry(main, EXIF_TAG_MAKE), out->make, sizeof out->make);
    copy_text(exif_content_get_entry(main, EXIF_TAG_MODEL), out->model, sizeof out->model);
    copy_text(exif_content_get_entry(photo, EXIF_TAG_DATE_TIME_ORIGINAL), out->captured, sizeof out->captured);
    // OffsetTimeOriginal (EXIF 2.31) has no name in older headers of libexif.
    copy_text(exif_content_get_entry(photo, (ExifTag)0x9011), out->offset, sizeof out->offset);

    const char north = letter(exif_content_get_entry(gps, (ExifTag)EXIF_TAG_GPS_LATITUDE_REF));
    const char east = letter(exif_content_get_entry(gps, (ExifTag)EXIF_TAG_GPS_LONGITUDE_REF));
    double latitude = 0, longitude = 0;
    if ((north == 'N' || north == 'S') && (east == 'E' || east == 'W') &&
        angle(exif_content_get_entry(gps, (ExifTag)EXIF_TAG_GPS_LATITUDE), order, &latitude) &&
        angle(exif_content_get_entry(gps, (ExifTag)EXIF_TAG_GPS_LONGITUDE), order, &longitude)) {
        out->has_position = 1;
        out->latitude = north == 'S' ? -latitude : latitude;
        out->longitude = east == 'W' ? -longitude : longitude;
    }
    exif_data_unref(data);
}
