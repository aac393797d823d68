-- The rules of requests and workers. A script runs alone, so nothing comes between two of its lines; the clock is the server's.
--
-- KEYS  the root of all work: a worker's credit is one for all its actions, so they all lie together
-- ARGV  command, inbox prefix, presence (ms), then what the command takes
--
-- Under the root:
--   m            hash  seq, turn
--   workers      zset  workers, by the time they count as gone
--   h:<worker>   hash  credit load turn actions models
--   t:<worker>   set   the requests it serves
--   s:<action>   set   the workers that serve it
--   f:<action>   zset  those of them with credit left, the least loaded first, then the one that was served longest ago
--   q:<action>   zset  requests that wait, by priority and then by place (a stream knows no priority)
--   r:<request>  hash  caller action deadline trace body member worker over
--   running      zset  requests served, by the time they count as lost unless their worker renews them
local command, inbox, presence = ARGV[1], ARGV[2], tonumber(ARGV[3])
local root = KEYS[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function client(name) return string.match(name, '^[^/]+') end

local function tell(name, note) return redis.call('PUBLISH', inbox .. client(name), note) end

local function actions(worker)
  return string.gmatch(redis.call('HGET', root .. 'h:' .. worker, 'actions') or '', '%S+')
end

local function burden(worker, change)
  local key = root .. 'h:' .. worker
  if redis.call('EXISTS', key) == 0 then return end
  local load = redis.call('HINCRBY', key, 'load', change)
  if change > 0 then redis.call('HSET', key, 'turn', redis.call('HINCRBY', root .. 'm', 'turn', 1)) end
  local h = redis.call('HMGET', key, 'credit', 'turn')
  for action in actions(worker) do
    if load < tonumber(h[1]) then
      redis.call('ZADD', root .. 'f:' .. action, load * 68719476736 + tonumber(h[2]), worker)
    else
      redis.call('ZREM', root .. 'f:' .. action, worker)
    end
  end
end

-- Ends a request for its caller.
local function fail(id, code, text)
  local r = redis.call('HMGET', root .. 'r:' .. id, 'caller', 'over')
  if r[1] and not r[2] then tell(r[1], 'E ' .. id .. ' 0 ' .. code .. ' -\n' .. text) end
  redis.call('DEL', root .. 'r:' .. id)
end

local function retire(worker)
  for action in actions(worker) do
    redis.call('SREM', root .. 's:' .. action, worker)
    redis.call('ZREM', root .. 'f:' .. action, worker)
    if redis.call('EXISTS', root .. 's:' .. action) == 0 then
      for _, member in ipairs(redis.call('ZRANGE', root .. 'q:' .. action, 0, -1)) do
        fail(string.match(member, ':(.*)$'), 'no_responders', "The last worker for '" .. action .. "' left.")
      end
      redis.call('DEL', root .. 'q:' .. action)
    end
  end
  for _, id in ipairs(redis.call('SMEMBERS', root .. 't:' .. worker)) do
    local action = redis.call('HGET', root .. 'r:' .. id, 'action')
    if action then fail(id, 'internal', "The worker that served '" .. action .. "' left; the request may have had effects.") end
    redis.call('ZREM', root .. 'running', id)
  end
  redis.call('DEL', root .. 't:' .. worker, root .. 'h:' .. worker)
  redis.call('ZREM', root .. 'workers', worker)
end

-- Whether the worker was there to take it.
local function assign(id, worker, request)
  local caller, action, deadline, trace, body = unpack(request)
  local note = string.format('W %s %s %.0f %s %s %s\n', worker, id, deadline - now, trace, caller, action) .. body
  if tell(worker, note) == 0 then return false end
  redis.call('HSET', root .. 'r:' .. id, 'worker', worker)
  redis.call('SADD', root .. 't:' .. worker, id)
  redis.call('ZADD', root .. 'running', now + presence, id)
  burden(worker, 1)
  return true
end

-- The most urgent request that waits for one of the worker's actions.
local function urgent(worker)
  local best, score, where
  for action in actions(worker) do
    local head = redis.call('ZRANGE', root .. 'q:' .. action, 0, 0, 'WITHSCORES')
    if head[1] and (not best or tonumber(head[2]) < score or (tonumber(head[2]) == score and head[1] < best)) then
      best, score, where = head[1], tonumber(head[2]), action
    end
  end
  return best, score, where
end

local function feed(worker)
  while true do
    local h = redis.call('HMGET', root .. 'h:' .. worker, 'load', 'credit')
    if not h[1] or tonumber(h[1]) >= tonumber(h[2]) then return end
    local member, score, action = urgent(worker)
    if not member then return end
    redis.call('ZREM', root .. 'q:' .. action, member)
    local id = string.match(member, ':(.*)$')
    local request = redis.call('HMGET', root .. 'r:' .. id, 'caller', 'action', 'deadline', 'trace', 'body')
    if request[1] and tonumber(request[3]) <= now then
      fail(id, 'timeout', "The deadline passed before a worker for '" .. action .. "' had room.")
    elseif request[1] and not assign(id, worker, request) then
      redis.call('ZADD', root .. 'q:' .. action, score, member)
      retire(worker)
      return
    end
  end
end

local function ended(id, worker)
  redis.call('ZREM', root .. 'running', id)
  if redis.call('SREM', root .. 't:' .. worker, id) == 1 then
    burden(worker, -1)
    feed(worker)
  end
end

-- What time alone has changed.
local function sweep()
  for _, worker in ipairs(redis.call('ZRANGEBYSCORE', root .. 'workers', '-inf', now)) do retire(worker) end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', root .. 'running', '-inf', now, 'LIMIT', 0, 256)) do
    local r = redis.call('HMGET', root .. 'r:' .. id, 'action', 'worker')
    redis.call('ZREM', root .. 'running', id)
    if r[1] then
      fail(id, 'internal', "The worker does not know of the request for '" .. r[1] .. "': it was lost on the way.")
      ended(id, r[2])
    end
  end
end

local function announce(worker, credit, served, models)
  local key = root .. 'h:' .. worker
  if redis.call('EXISTS', key) == 0 then redis.call('HSET', key, 'load', redis.call('SCARD', root .. 't:' .. worker), 'turn', 0) end
  redis.call('HSET', key, 'credit', credit, 'actions', served, 'models', models)
  redis.call('ZADD', root .. 'workers', now + presence, worker)
  for action in actions(worker) do redis.call('SADD', root .. 's:' .. action, worker) end
  burden(worker, 0)
end

sweep()

if command == 'submit' then
  local id, caller, action, priority, timeout, trace, body, capacity = unpack(ARGV, 4)
  local key, deadline = root .. 'r:' .. id, now + tonumber(timeout)
  while true do
    if redis.call('EXISTS', root .. 's:' .. action) == 0 then return { 'nobody' } end
    local worker = redis.call('ZRANGE', root .. 'f:' .. action, 0, 0)[1]
    if not worker then break end
    redis.call('HSET', key, 'caller', caller, 'action', action, 'deadline', deadline)
    redis.call('PEXPIRE', key, timeout + 60000)
    if assign(id, worker, { caller, action, deadline, trace, body }) then return { 'assigned' } end
    retire(worker)
  end
  if redis.call('ZCARD', root .. 'q:' .. action) >= tonumber(capacity) then return { 'full' } end
  local member = string.format('%016.0f:', redis.call('HINCRBY', root .. 'm', 'seq', 1)) .. id
  redis.call('HSET', key, 'caller', caller, 'action', action, 'deadline', deadline, 'trace', trace, 'body', body, 'member', member)
  redis.call('PEXPIRE', key, timeout + 60000)
  redis.call('ZADD', root .. 'q:' .. action, -tonumber(priority), member)
  return { 'waiting' }
end

if command == 'finish' then
  -- The worker's last word; what it says goes to the caller, unless the caller was told something before.
  local worker, id, note = ARGV[4], ARGV[5], ARGV[6]
  local r = redis.call('HMGET', root .. 'r:' .. id, 'caller', 'worker', 'over')
  if r[1] and r[2] == worker then
    if not r[3] then tell(r[1], note) end
    redis.call('DEL', root .. 'r:' .. id)
  end
  ended(id, worker)
  return { 'done' }
end

if command == 'cancel' then
  local id = ARGV[4]
  local r = redis.call('HMGET', root .. 'r:' .. id, 'worker', 'action', 'member')
  if r[1] then
    -- The worker keeps it, and its credit, until it has heard.
    redis.call('HSET', root .. 'r:' .. id, 'over', 1)
    tell(r[1], 'X ' .. r[1] .. ' ' .. id .. '\n')
  elseif r[2] then
    redis.call('ZREM', root .. 'q:' .. r[2], r[3])
    redis.call('DEL', root .. 'r:' .. id)
  end
  return { 'done' }
end

if command == 'serve' then
  -- Announces a worker or shows that it lives, renews what it serves, and answers what nobody waits for any more.
  local worker, credit, served, models = unpack(ARGV, 4, 7)
  local lost = {}
  for i = 8, #ARGV do
    local id = ARGV[i]
    if redis.call('HGET', root .. 'r:' .. id, 'worker') == worker then
      redis.call('ZADD', root .. 'running', now + presence, id)
    else
      lost[#lost + 1] = id
    end
  end
  announce(worker, credit, served, models)
  feed(worker)
  return lost
end

if command == 'leave' then
  retire(ARGV[4])
  return { 'left' }
end

if command == 'check' then
  -- Of a caller's requests those that are no more.
  local lost = {}
  for i = 4, #ARGV do
    if redis.call('EXISTS', root .. 'r:' .. ARGV[i]) == 0 then lost[#lost + 1] = ARGV[i] end
  end
  return lost
end

if command == 'models' then
  local lists = {}
  for _, worker in ipairs(redis.call('ZRANGE', root .. 'workers', 0, -1)) do
    lists[#lists + 1] = redis.call('HGET', root .. 'h:' .. worker, 'models')
  end
  return lists
end

if command == 'count' then
  local waiting, seen = 0, {}
  for _, worker in ipairs(redis.call('ZRANGE', root .. 'workers', 0, -1)) do
    for action in actions(worker) do
      if not seen[action] then
        seen[action] = true
        waiting = waiting + redis.call('ZCARD', root .. 'q:' .. action)
      end
    end
  end
  return { redis.call('ZCARD', root .. 'workers'), waiting, redis.call('ZCARD', root .. 'running') }
end

return redis.error_reply('ERR unknown command of work')
