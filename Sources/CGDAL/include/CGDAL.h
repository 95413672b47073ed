// The C side of rasters: GDAL, opened at run time.
#ifndef SOSIA_GDAL_H
#define SOSIA_GDAL_H

#include <stddef.h>
#include <stdint.h>

// 1 when the shared library is installed and has what is needed.
int sosia_gdal_available(void);

#endif
