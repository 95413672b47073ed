#include "CImages.h"

#include <ctype.h>
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

// Degrees, and minutes and seconds where they are given, as rationals. The sign is the reference's, so that of signed
// ones, which some phones write, says nothing.
static int angle(const ExifEntry *entry, ExifByteOrder order, double *out) {
    if (!entry || !entry->data || entry->size < 8) return 0;
    if (entry->format != EXIF_FORMAT_RATIONAL && entry->format != EXIF_FORMAT_SRATIONAL) return 0;
    static const double unit[3] = {1, 60, 3600};
    double sum = 0;
    for (unsigned i = 0; i < 3 && i < entry->size / 8; i++) {
        double above, below;
        if (entry->format == EXIF_FORMAT_RATIONAL) {
            const ExifRational part = exif_get_rational(entry->data + 8 * i, order);
            above = part.numerator, below = part.denominator;
        } else {
            const ExifSRational part = exif_get_srational(entry->data + 8 * i, order);
            above = part.numerator, below = part.denominator;
        }
        if (below == 0) {
            // Seconds of 0/0 are common; degrees of 0/0 mean that there is no fix.
            if (i == 0 || above != 0) return 0;
            continue;
        }
        sum += fabs(above / below) / unit[i];
    }
    *out = sum;
    return isfinite(sum) != 0;
}

static char letter(const ExifEntry *entry) {
    char text[2];
    copy_text(entry, text, sizeof text);
    return (char)toupper((unsigned char)text[0]);
}

static int orientation(const ExifEntry *entry, ExifByteOrder order) {
    if (!entry || !entry->data) return 0;
    unsigned long value = 0;
    if (entry->format == EXIF_FORMAT_SHORT && entry->size >= 2) value = exif_get_short(entry->data, order);
    if (entry->format == EXIF_FORMAT_LONG && entry->size >= 4) value = exif_get_long(entry->data, order);
    return value >= 1 && value <= 8 ? (int)value : 0;
}

// Each in the directory where the standard wants it, then in the one where some programs put it.
static void read_times(ExifData *data, sosia_exif *out) {
    // DateTimeOriginal, DateTimeDigitized, DateTime with their offsets (EXIF 2.31).
    static const struct {
        int time, offset;
    } tags[3] = {{0x9003, 0x9011}, {0x9004, 0x9012}, {0x0132, 0x9010}};
    ExifContent *const places[2] = {data->ifd[EXIF_IFD_EXIF], data->ifd[EXIF_IFD_0]};
    for (int i = 0; i < SOSIA_EXIF_TIMES; i++) {
        const int tag = i / 2, place = i % 2;
        copy_text(exif_content_get_entry(places[place], (ExifTag)tags[tag].time), out->times[i].text,
                  sizeof out->times[i].text);
        for (int j = 0; j < 2 && !out->times[i].offset[0]; j++)
            copy_text(exif_content_get_entry(places[j], (ExifTag)tags[tag].offset), out->times[i].offset,
                      sizeof out->times[i].offset);
    }
}

static void read_position(ExifContent *gps, ExifByteOrder order, sosia_exif *out) {
    const char north = letter(exif_content_get_entry(gps, (ExifTag)EXIF_TAG_GPS_LATITUDE_REF));
    const char east = letter(exif_content_get_entry(gps, (ExifTag)EXIF_TAG_GPS_LONGITUDE_REF));
    // V: the receiver had no fix, and what it wrote is void.
    if (letter(exif_content_get_entry(gps, (ExifTag)EXIF_TAG_GPS_STATUS)) == 'V') return;
    double latitude = 0, longitude = 0;
    if ((north == 'N' || north == 'S') && (east == 'E' || east == 'W') &&
        angle(exif_content_get_entry(gps, (ExifTag)EXIF_TAG_GPS_LATITUDE), order, &latitude) &&
        angle(exif_content_get_entry(gps, (ExifTag)EXIF_TAG_GPS_LONGITUDE), order, &longitude)) {
        out->has_position = 1;
        out->latitude = north == 'S' ? -latitude : latitude;
        out->longitude = east == 'W' ? -longitude : longitude;
    }
}

void sosia_exif_read(const uint8_t *bytes, size_t size, sosia_exif *out) {
    memset(out, 0, sizeof *out);
    if (size < 14 || size > 0xfffe) return;
    ExifData *data = exif_data_new();
    if (!data) return;
    // As they are: else libexif leaves out what stands in another directory than it should, and adds what is missing.
    exif_data_unset_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(data, bytes, (unsigned)size);
    const ExifByteOrder order = exif_data_get_byte_order(data);
    ExifContent *main = data->ifd[EXIF_IFD_0];
    out->orientation = orientation(exif_content_get_entry(main, EXIF_TAG_ORIENTATION), order);
    copy_text(exif_content_get_entry(main, EXIF_TAG_MAKE), out->make, sizeof out->make);
    copy_text(exif_content_get_entry(main, EXIF_TAG_MODEL), out->model, sizeof out->model);
    read_times(data, out);
    read_position(data->ifd[EXIF_IFD_GPS], order, out);
    exif_data_unref(data);
}
