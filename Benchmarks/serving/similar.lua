-- What is like each picture in turn: `wrk -s similar.lua ADDRESS -- PATH PICTURES QUERY`, the pictures 1 to PICTURES of
-- the collection at PATH. Prints one line of JSON at the end.
local path, pictures, query
local turn = 0

function init(arguments)
    path, pictures, query = arguments[1], tonumber(arguments[2]), arguments[3]
end

-- Every picture once, neighbours far apart.
function request()
    local id = 1 + (turn % pictures) * 7919 % pictures
    turn = turn + 1
    return wrk.format("GET", path .. "/images/" .. id .. "/similar?" .. query)
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '\n{"requests": %d, "seconds": %.6f, "p50_ms": %.4f, "p99_ms": %.4f, "errors": %d}\n', summary.requests,
        summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
