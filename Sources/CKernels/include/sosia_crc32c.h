// CRC-32C (Castagnoli polynomial, RFC 3720 appendix B.4): the checksum of every file format of Sosia.
#ifndef SOSIA_CRC32C_H
#define SOSIA_CRC32C_H

#include <stddef.h>
#include <stdint.h>

// Continues from `crc`, 0 at the start.
uint32_t sosia_crc32c(uint32_t crc, const void *bytes, size_t count);

#endif
