// The part of OpenVINO's C API that an embedder needs, bound at run time with dlopen: the package builds where the
// runtime is absent, and the library is first touched when the first network is opened.
//
// Every function that can fail returns 0, or another number after writing why to `message` (always terminated).
// Nothing here is kept per thread; one request serves one thread at a time, everything else may be shared.
#ifndef SOSIA_COPENVINO_H
#define SOSIA_COPENVINO_H

#include <stddef.h>
#include <stdint.h>

#define SOSIA_OV_NAME_LENGTH 256
#define SOSIA_OV_RANK_LIMIT 8
/// The element type of 32-bit floats (ov_element_type_e).
#define SOSIA_OV_F32 4

typedef struct sosia_ov_runtime sosia_ov_runtime;
typedef struct sosia_ov_model sosia_ov_model;
typedef struct sosia_ov_network sosia_ov_network;
typedef struct sosia_ov_request sosia_ov_request;

typedef struct sosia_ov_message {
    char text[1024];
} sosia_ov_message;

/// An input or output of a model. A dimension that is not fixed is -1; an unknown rank is -1.
typedef struct sosia_ov_port {
    char name[SOSIA_OV_NAME_LENGTH];
    int rank;
    int64_t dimensions[SOSIA_OV_RANK_LIMIT];
    int element_type;
} sosia_ov_port;

// MARK: The runtime

/// Opens the library at `path` and starts one core. It stays open until the process ends.
int sosia_ov_open(const char *path, sosia_ov_runtime **runtime, sosia_ov_message *message);
/// The build of the runtime, such as `2026.4.1-...`.
int sosia_ov_version(const sosia_ov_runtime *runtime, char *text, size_t capacity, sosia_ov_message *message);
/// A read-only property of the CPU device as text.
int sosia_ov_cpu_property(
    const sosia_ov_runtime *runtime, const char *key, char *text, size_t capacity, sosia_ov_message *message);

// MARK: A model: what the file says

int sosia_ov_model_read(
    const sosia_ov_runtime *runtime, const char *path, sosia_ov_model **model, sosia_ov_message *message);
void sosia_ov_model_free(sosia_ov_model *model);
int sosia_ov_model_count(const sosia_ov_model *model, int outputs, size_t *count, sosia_ov_message *message);
int sosia_ov_model_port(
    const sosia_ov_model *model, int outputs, size_t index, sosia_ov_port *port, sosia_ov_message *message);
/// Fixes the shape of one input.
int sosia_ov_model_reshape(
    sosia_ov_model *model, const char *input, const int64_t *dimensions, int rank, sosia_ov_message *message);

// MARK: A network: the model compiled for this processor

/// Compiles for `streams` requests at once, each computing on one thread. `precision` is `f32` or `bf16`.
int sosia_ov_compile(
    const sosia_ov_model *model, const char *precision, int streams, sosia_ov_network **network,
    sosia_ov_message *message);
/// Takes a network that `sosia_ov_export` wrote. `bytes` must outlive the network. Not to be called by two threads
/// at once: the properties pass through the core.
int sosia_ov_import(
    const sosia_ov_runtime *runtime, const void *bytes, size_t count, const char *precision, int streams,
    sosia_ov_network **network, sosia_ov_message *message);
int sosia_ov_export(const sosia_ov_network *network, const char *path, sosia_ov_message *message);
void sosia_ov_network_free(sosia_ov_network *network);

// MARK: A request: the memory of one running inference

int sosia_ov_request_create(
    const sosia_ov_network *network, const char *input, sosia_ov_request **request, sosia_ov_message *message);
void sosia_ov_request_free(sosia_ov_request *request);
/// The request's own input tensor; `count` is its number of 32-bit floats.
int sosia_ov_request_input(
    const sosia_ov_request *request, float **values, size_t *count, sosia_ov_message *message);
int sosia_ov_request_run(sosia_ov_request *request, sosia_ov_message *message);
/// The output tensor of the last run, valid until the next one. NULL asks for the only output there is.
int sosia_ov_request_output(
    const sosia_ov_request *request, const char *output, const float **values, sosia_ov_port *port,
    sosia_ov_message *message);

// MARK: Pixels

/// How bytes become the values that a network was trained on: `(byte - mean) / scale` for each channel of the result.
typedef struct sosia_pixel_rule {
    float mean[3];
    float scale[3];
    /// 0: R, G, B; 1: B, G, R.
    int reversed;
    /// 0: channel after channel (nchw); 1: pixel after pixel (nhwc).
    int interleaved;
} sosia_pixel_rule;

/// `pixels` packed RGB bytes become `3 * pixels` floats.
void sosia_pixels_normalise(const uint8_t *rgb, size_t pixels, const sosia_pixel_rule *rule, float *values);

// MARK: A file in memory

/// Maps a whole file privately; writes to the memory never reach the file. Returns NULL and leaves `errno` on failure.
void *sosia_file_map(const char *path, size_t *count);
void sosia_file_unmap(void *bytes, size_t count);

#endif
