// Pages of text and pictures as PDF, by Cairo, which is opened at first use. Lengths are points, from the upper left
// corner of the page.
#ifndef SOSIA_REPORTS_H
#define SOSIA_REPORTS_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    SOSIA_REPORT_OK = 0,
    SOSIA_REPORT_FAILED,     // cannot be written, or out of memory; with a message
    SOSIA_REPORT_NO_LIBRARY, // Cairo is not installed, or older than 1.16
} sosia_report_status;

enum { SOSIA_REPORT_MESSAGE_SIZE = 256 };

// Equal calls write equal bytes: the dates in the file are fixed. `*out` is freed with sosia_pdf_free.
sosia_report_status sosia_pdf_create(const char *path, double width, double height, const char *title, void **out,
                                     char message[SOSIA_REPORT_MESSAGE_SIZE]);
// One line of UTF-8 that starts at `x` on the base line `y`. `grey` is 0 (black) to 1.
void sosia_pdf_text(void *pdf, double x, double y, double size, int is_bold, double grey, const char *text);
double sosia_pdf_text_width(void *pdf, double size, int is_bold, const char *text);
// A picture of `width` x `height` pixels into the rectangle. `jpeg` holds the same picture and is what is written.
sosia_report_status sosia_pdf_picture(void *pdf, const uint8_t *rgb, int width, int height, const uint8_t *jpeg,
                                      size_t jpeg_size, double x, double y, double shown_width, double shown_height);
void sosia_pdf_line(void *pdf, double x, double y, double to_x, double to_y, double grey);
void sosia_pdf_next_page(void *pdf);
sosia_report_status sosia_pdf_finish(void *pdf, char message[SOSIA_REPORT_MESSAGE_SIZE]);
void sosia_pdf_free(void *pdf);

#endif
