-- Sends the requests in the files it is given, in turns, as they are; counts what
-- is answered. wrk runs it in one thread: wrk -t1 -s load.lua URL -- FILE…
local requests, turn = {}, 0
succeeded, forbidden, other = 0, 0, 0

function init(files)
  for i, name in ipairs(files) do
    local file = assert(io.open(name, "rb"))
    requests[i] = file:read("*a")
    file:close()
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function response(status)
  if status >= 200 and status < 300 then succeeded = succeeded + 1
  elseif status == 403 then forbidden = forbidden + 1
  else other = status end
end

local sender
function setup(thread) sender = thread end

function done(summary)
  local lost = summary.errors
  io.write(string.format("\nanswered %d succeeded %d forbidden %d other %d lost %d\n", summary.requests,
    sender:get("succeeded"), sender:get("forbidden"), sender:get("other"),
    lost.connect + lost.read + lost.write + lost.timeout))
end
