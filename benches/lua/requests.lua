-- What wrk asks. The environment says what it is (book, show or list), in which folder the tokens,
-- listings and bookings stand, and from which number on the bookings count: each is another night.
local threads = 0
local a_day = 86400

function setup(thread)
  thread:set("place", threads)
  threads = threads + 1
end

local function lines(name)
  local all = {}
  local file = io.open(folder .. "/" .. name)
  if file then
    for line in file:lines() do all[#all + 1] = line end
    file:close()
  end
  return all
end

function init()
  what, folder = os.getenv("BENCH_WHAT"), os.getenv("BENCH_FOLDER")
  step = tonumber(os.getenv("BENCH_THREADS"))
  number = tonumber(os.getenv("BENCH_FIRST")) + place
  tokens, listings, bookings = lines("tokens"), lines("listings"), lines("bookings")
  for i, token in ipairs(tokens) do tokens[i] = "Bearer " .. token end
  math.randomseed(number + 1)
  today = os.time()
end

local function day(n)
  return os.date("!%Y-%m-%d", today + n * a_day)
end

local function book()
  local night = 30 + math.floor(number / #listings)
  local body = string.format(
    '{"listing":"%s","from":"%s","until":"%s","guests":{"adults":2}}',
    listings[number % #listings + 1], day(night), day(night + 1))
  local headers = {
    ["Authorization"] = tokens[number % #tokens + 1],
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = "booking " .. number,
  }
  return wrk.format("POST", "/api/v1/bookings", headers, body)
end

function request()
  number = number + step
  if what == "book" then return book() end
  if what == "list" then
    local headers = { ["Authorization"] = tokens[number % #tokens + 1] }
    return wrk.format("GET", "/api/v1/bookings?limit=20", headers)
  end
  -- A line says whose it is, by the number of the token, and which.
  local owner, id = bookings[math.random(#bookings)]:match("(%d+) (.+)")
  return wrk.format("GET", "/api/v1/bookings/" .. id, { ["Authorization"] = tokens[tonumber(owner)] })
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("\nanswers %d microseconds %d refused %d broken %d p50 %d p99 %d\n",
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
