// GDAL has a hundred shared libraries behind it, so it is opened when the first raster needs it and never linked.
#include "CGDAL.h"

int sosia_gdal_available(void) { return 0; }
