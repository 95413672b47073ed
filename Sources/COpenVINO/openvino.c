#include "COpenVINO.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The binary interface of OpenVINO 2026 (openvino/c/*.h), written down here so that no header has to be installed.
typedef struct ov_core ov_core;
typedef struct ov_model ov_model;
typedef struct ov_compiled ov_compiled;
typedef struct ov_infer_request ov_infer_request;
typedef struct ov_tensor ov_tensor;
typedef struct ov_port ov_port;
typedef struct { const char *key; const void *value; } ov_property;
typedef struct { int64_t low, high; } ov_dimension;
typedef struct { ov_dimension rank; ov_dimension *dimensions; } ov_partial_shape;
typedef struct { int64_t rank; int64_t *dimensions; } ov_shape;
typedef struct { const char *build, *description; } ov_version;

#define FUNCTIONS(X) \
    X(int, ov_get_openvino_version, (ov_version *)) \
    X(void, ov_version_free, (ov_version *)) \
    X(const char *, ov_get_last_err_msg, (void)) \
    X(void, ov_free, (const char *)) \
    X(int, ov_core_create, (ov_core **)) \
    X(int, ov_core_get_property, (const ov_core *, const char *, const char *, char **)) \
    X(int, ov_core_set_properties, (const ov_core *, const char *, size_t, const ov_property *)) \
    X(int, ov_core_read_model, (const ov_core *, const char *, const char *, ov_model **)) \
    X(int, ov_core_compile_model_props, \
        (const ov_core *, const ov_model *, const char *, size_t, const ov_property *, ov_compiled **)) \
    X(int, ov_core_import_model, (const ov_core *, const char *, size_t, const char *, ov_compiled **)) \
    X(void, ov_model_free, (ov_model *)) \
    X(int, ov_model_inputs_size, (const ov_model *, size_t *)) \
    X(int, ov_model_outputs_size, (const ov_model *, size_t *)) \
    X(int, ov_model_const_input_by_index, (const ov_model *, size_t, ov_port **)) \
    X(int, ov_model_const_output_by_index, (const ov_model *, size_t, ov_port **)) \
    X(int, ov_model_reshape_input_by_name, (const ov_model *, const char *, ov_partial_shape)) \
    X(void, ov_output_const_port_free, (ov_port *)) \
    X(int, ov_port_get_any_name, (const ov_port *, char **)) \
    X(int, ov_port_get_partial_shape, (const ov_port *, ov_partial_shape *)) \
    X(int, ov_port_get_element_type, (const ov_port *, int *)) \
    X(void, ov_partial_shape_free, (ov_partial_shape *)) \
    X(int, ov_compiled_model_export_model, (const ov_compiled *, const char *)) \
    X(int, ov_compiled_model_create_infer_request, (const ov_compiled *, ov_infer_request **)) \
    X(void, ov_compiled_model_free, (ov_compiled *)) \
    X(int, ov_infer_request_get_tensor, (const ov_infer_request *, const char *, ov_tensor **)) \
    X(int, ov_infer_request_get_output_tensor, (const ov_infer_request *, ov_tensor **)) \
    X(int, ov_infer_request_infer, (ov_infer_request *)) \
    X(void, ov_infer_request_free, (ov_infer_request *)) \
    X(int, ov_tensor_get_shape, (const ov_tensor *, ov_shape *)) \
    X(int, ov_tensor_get_element_type, (const ov_tensor *, int *)) \
    X(int, ov_tensor_get_size, (const ov_tensor *, size_t *)) \
    X(int, ov_tensor_data, (const ov_tensor *, void **)) \
    X(int, ov_shape_free, (ov_shape *)) \
    X(void, ov_tensor_free, (ov_tensor *))

struct sosia_ov_runtime {
#define FIELD(result, name, arguments) result(*name) arguments;
    FUNCTIONS(FIELD)
#undef FIELD
    ov_core *core;
};
struct sosia_ov_model {
    const sosia_ov_runtime *runtime;
    ov_model *model;
};
struct sosia_ov_network {
    const sosia_ov_runtime *runtime;
    ov_compiled *compiled;
};
struct sosia_ov_request {
    const sosia_ov_runtime *runtime;
    ov_infer_request *request;
    ov_tensor *input;
};

static int failed(sosia_ov_message *message, const char *what, const char *why) {
    snprintf(message->text, sizeof message->text, "%s: %s", what, why && *why ? why : "unknown reason");
    return 1;
}

/// 0 passes; anything else becomes a message with the runtime's own words.
static int checked(const sosia_ov_runtime *runtime, int status, const char *what, sosia_ov_message *message) {
    if (status == 0) return 0;
    const char *why = runtime->ov_get_last_err_msg();
    failed(message, what, why);
    if (why) runtime->ov_free(why);
    return status;
}

static void copy_text(char *target, size_t capacity, const char *source) {
    snprintf(target, capacity, "%s", source ? source : "");
}

// MARK: The runtime

int sosia_ov_open(const char *path, sosia_ov_runtime **runtime, sosia_ov_message *message) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return failed(message, "cannot open", dlerror());
    sosia_ov_runtime *opened = calloc(1, sizeof *opened);
    if (!opened) return failed(message, "cannot open", "out of memory");
#define RESOLVE(result, name, arguments) \
    *(void **)&opened->name = dlsym(library, #name); \
    if (!opened->name) { \
        free(opened); \
        return failed(message, path, "lacks the function " #name); \
    }
    FUNCTIONS(RESOLVE)
#undef RESOLVE
    const int status = checked(opened, opened->ov_core_create(&opened->core), "cannot start", message);
    if (status) {
        free(opened);
        return status;
    }
    *runtime = opened;
    return 0;
}

int sosia_ov_version(const sosia_ov_runtime *runtime, char *text, size_t capacity, sosia_ov_message *message) {
    ov_version version = {0};
    const int status = checked(runtime, runtime->ov_get_openvino_version(&version), "cannot read version", message);
    if (status) return status;
    copy_text(text, capacity, version.build);
    runtime->ov_version_free(&version);
    return 0;
}

int sosia_ov_cpu_property(
    const sosia_ov_runtime *runtime, const char *key, char *text, size_t capacity, sosia_ov_message *message) {
    char *value = NULL;
    const int status =
        checked(runtime, runtime->ov_core_get_property(runtime->core, "CPU", key, &value), key, message);
    if (status) return status;
    copy_text(text, capacity, value);
    runtime->ov_free(value);
    return 0;
}

// MARK: A model

int sosia_ov_model_read(
    const sosia_ov_runtime *runtime, const char *path, sosia_ov_model **model, sosia_ov_message *message) {
    ov_model *read = NULL;
    const int status =
        checked(runtime, runtime->ov_core_read_model(runtime->core, path, NULL, &read), "cannot read", message);
    if (status) return status;
    sosia_ov_model *result = calloc(1, sizeof *result);
    if (!result) {
        runtime->ov_model_free(read);
        return failed(message, "cannot read", "out of memory");
    }
    result->runtime = runtime;
    result->model = read;
    *model = result;
    return 0;
}

void sosia_ov_model_free(sosia_ov_model *model) {
    if (!model) return;
    model->runtime->ov_model_free(model->model);
    free(model);
}

int sosia_ov_model_count(const sosia_ov_model *model, int outputs, size_t *count, sosia_ov_message *message) {
    const sosia_ov_runtime *ov = model->runtime;
    return checked(
        ov, (outputs ? ov->ov_model_outputs_size : ov->ov_model_inputs_size)(model->model, count), "ports", message);
}

int sosia_ov_model_port(
    const sosia_ov_model *model, int outputs, size_t index, sosia_ov_port *port, sosia_ov_message *message) {
    const sosia_ov_runtime *ov = model->runtime;
    ov_port *found = NULL;
    int status = checked(
        ov, (outputs ? ov->ov_model_const_output_by_index : ov->ov_model_const_input_by_index)(
            model->model, index, &found), "port", message);
    if (status) return status;
    memset(port, 0, sizeof *port);
    // A port without a name keeps the empty one.
    char *name = NULL;
    if (ov->ov_port_get_any_name(found, &name) == 0) {
        copy_text(port->name, sizeof port->name, name);
        ov->ov_free(name);
    }
    ov_partial_shape shape = {{0, 0}, NULL};
    status = checked(ov, ov->ov_port_get_partial_shape(found, &shape), "shape", message);
    if (status == 0) {
        const int fixed = shape.rank.low == shape.rank.high && shape.rank.low <= SOSIA_OV_RANK_LIMIT;
        port->rank = fixed ? (int)shape.rank.low : -1;
        for (int i = 0; i < port->rank; i++) {
            const ov_dimension d = shape.dimensions[i];
            port->dimensions[i] = d.low == d.high ? d.low : -1;
        }
        ov->ov_partial_shape_free(&shape);
        status = checked(ov, ov->ov_port_get_element_type(found, &port->element_type), "element type", message);
    }
    ov->ov_output_const_port_free(found);
    return status;
}

int sosia_ov_model_reshape(
    sosia_ov_model *model, const char *input, const int64_t *dimensions, int rank, sosia_ov_message *message) {
    if (rank < 1 || rank > SOSIA_OV_RANK_LIMIT) return failed(message, "cannot fix the input shape", "rank");
    ov_dimension fixed[SOSIA_OV_RANK_LIMIT];
    for (int i = 0; i < rank; i++) fixed[i] = (ov_dimension){dimensions[i], dimensions[i]};
    const ov_partial_shape shape = {{rank, rank}, fixed};
    return checked(
        model->runtime, model->runtime->ov_model_reshape_input_by_name(model->model, input, shape),
        "cannot fix the input shape", message);
}

// MARK: A network

enum { PROPERTIES = 4 };
typedef struct {
    char streams[16];
    ov_property list[PROPERTIES];
} properties;

/// As many streams as requests and one thread for each: requests of one stream would wait for each other. The
/// precision is always named, because the runtime picks bf16 silently where it can. Pinning is off: the same cores
/// decode pictures and serve other processes.
static void fill(properties *p, const char *precision, int streams) {
    snprintf(p->streams, sizeof p->streams, "%d", streams);
    p->list[0] = (ov_property){"INFERENCE_PRECISION_HINT", precision};
    p->list[1] = (ov_property){"INFERENCE_NUM_THREADS", p->streams};
    p->list[2] = (ov_property){"NUM_STREAMS", p->streams};
    p->list[3] = (ov_property){"ENABLE_CPU_PINNING", "NO"};
}

static int wrapped(
    const sosia_ov_runtime *runtime, ov_compiled *compiled, sosia_ov_network **network, sosia_ov_message *message) {
    sosia_ov_network *result = calloc(1, sizeof *result);
    if (!result) {
        runtime->ov_compiled_model_free(compiled);
        return failed(message, "cannot compile", "out of memory");
    }
    result->runtime = runtime;
    result->compiled = compiled;
    *network = result;
    return 0;
}

int sosia_ov_compile(
    const sosia_ov_model *model, const char *precision, int streams, sosia_ov_network **network,
    sosia_ov_message *message) {
    const sosia_ov_runtime *ov = model->runtime;
    properties p;
    fill(&p, precision, streams);
    ov_compiled *compiled = NULL;
    const int status = checked(
        ov, ov->ov_core_compile_model_props(ov->core, model->model, "CPU", PROPERTIES, p.list, &compiled),
        "cannot compile", message);
    return status ? status : wrapped(ov, compiled, network, message);
}

int sosia_ov_import(
    const sosia_ov_runtime *runtime, const void *bytes, size_t count, const char *precision, int streams,
    sosia_ov_network **network, sosia_ov_message *message) {
    properties p;
    fill(&p, precision, streams);
    int status = checked(
        runtime, runtime->ov_core_set_properties(runtime->core, "CPU", PROPERTIES, p.list), "cannot configure",
        message);
    if (status) return status;
    ov_compiled *compiled = NULL;
    status = checked(
        runtime, runtime->ov_core_import_model(runtime->core, bytes, count, "CPU", &compiled), "cannot import",
        message);
    return status ? status : wrapped(runtime, compiled, network, message);
}

int sosia_ov_export(const sosia_ov_network *network, const char *path, sosia_ov_message *message) {
    return checked(
        network->runtime, network->runtime->ov_compiled_model_export_model(network->compiled, path),
        "cannot export", message);
}

void sosia_ov_network_free(sosia_ov_network *network) {
    if (!network) return;
    network->runtime->ov_compiled_model_free(network->compiled);
    free(network);
}

// MARK: A request

int sosia_ov_request_create(
    const sosia_ov_network *network, const char *input, sosia_ov_request **request, sosia_ov_message *message) {
    const sosia_ov_runtime *ov = network->runtime;
    sosia_ov_request *result = calloc(1, sizeof *result);
    if (!result) return failed(message, "cannot create a request", "out of memory");
    result->runtime = ov;
    int status = checked(
        ov, ov->ov_compiled_model_create_infer_request(network->compiled, &result->request),
        "cannot create a request", message);
    if (status == 0) {
        status = checked(
            ov, ov->ov_infer_request_get_tensor(result->request, input, &result->input), "cannot find the input",
            message);
    }
    if (status) {
        sosia_ov_request_free(result);
        return status;
    }
    *request = result;
    return 0;
}

void sosia_ov_request_free(sosia_ov_request *request) {
    if (!request) return;
    if (request->input) request->runtime->ov_tensor_free(request->input);
    if (request->request) request->runtime->ov_infer_request_free(request->request);
    free(request);
}

int sosia_ov_request_input(
    const sosia_ov_request *request, float **values, size_t *count, sosia_ov_message *message) {
    const sosia_ov_runtime *ov = request->runtime;
    int type = 0;
    int status = checked(ov, ov->ov_tensor_get_element_type(request->input, &type), "input type", message);
    if (status) return status;
    if (type != SOSIA_OV_F32) return failed(message, "input type", "not 32-bit float");
    status = checked(ov, ov->ov_tensor_get_size(request->input, count), "input size", message);
    if (status) return status;
    void *data = NULL;
    status = checked(ov, ov->ov_tensor_data(request->input, &data), "input", message);
    *values = data;
    return status;
}

int sosia_ov_request_run(sosia_ov_request *request, sosia_ov_message *message) {
    return checked(
        request->runtime, request->runtime->ov_infer_request_infer(request->request), "inference", message);
}

int sosia_ov_request_output(
    const sosia_ov_request *request, const char *output, const float **values, sosia_ov_port *port,
    sosia_ov_message *message) {
    const sosia_ov_runtime *ov = request->runtime;
    ov_tensor *tensor = NULL;
    int status = checked(
        ov,
        output ? ov->ov_infer_request_get_tensor(request->request, output, &tensor)
               : ov->ov_infer_request_get_output_tensor(request->request, &tensor),
        "cannot find the output", message);
    if (status) return status;
    memset(port, 0, sizeof *port);
    copy_text(port->name, sizeof port->name, output);
    ov_shape shape = {0, NULL};
    status = checked(ov, ov->ov_tensor_get_element_type(tensor, &port->element_type), "output type", message);
    if (status == 0) status = checked(ov, ov->ov_tensor_get_shape(tensor, &shape), "output shape", message);
    if (status == 0) {
        port->rank = shape.rank <= SOSIA_OV_RANK_LIMIT ? (int)shape.rank : -1;
        for (int i = 0; i < port->rank; i++) port->dimensions[i] = shape.dimensions[i];
        ov->ov_shape_free(&shape);
        void *data = NULL;
        if (port->element_type == SOSIA_OV_F32) {
            status = checked(ov, ov->ov_tensor_data(tensor, &data), "output", message);
        }
        // The tensor handle goes, its memory stays with the request.
        *values = data;
    }
    ov->ov_tensor_free(tensor);
    return status;
}
