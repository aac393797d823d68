-- The rules of one queue. A script runs alone, so nothing comes between two of its lines; the clock is the server's.
--
-- KEYS  the queue's root, and the root of its dead letters (the same one where the queue holds dead letters)
-- ARGV  command, queue, dead letters' queue, inbox prefix, presence (ms), dedupe window (ms), then what the command takes
--
-- Under a root:
--   m          hash    seq: the last place given; n: tasks here; last: the place last handed out from the stream; turn
--   s          stream  tasks never handed out yet, and those handed out from it; its group hands them out
--   back       zset    tasks that came back or whose delay has passed, by place: a stream takes nothing back at an old place
--   later      zset    tasks held back, by the time they are due
--   held       zset    tasks handed out, by the time they are taken back unless their holder renews them
--   k:<task>   hash    seq ts attempts max headers payload name holder ends streamed
--   d:<name>   string  the task of a dedupe id
--   c          zset    consumers, by the time they count as gone
--   r:<who>    hash    a consumer's credit, lease and load
--   free       zset    consumers with credit left, the least loaded first and among them the one that was served longest ago
local command, queue, graveyard, inbox = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local presence, window = tonumber(ARGV[5]), tonumber(ARGV[6])
local live, dead = KEYS[1], KEYS[2]
local group = 'consumers'
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local died = false

local function tell(consumer, note)
  return redis.call('PUBLISH', inbox .. string.match(consumer, '^[^/]+'), note)
end

local function burden(root, consumer, change)
  local key = root .. 'r:' .. consumer
  if redis.call('EXISTS', key) == 0 then return end
  local load = redis.call('HINCRBY', key, 'load', change)
  if change > 0 then redis.call('HSET', key, 'turn', redis.call('HINCRBY', root .. 'm', 'turn', 1)) end
  local r = redis.call('HMGET', key, 'credit', 'turn')
  if load < tonumber(r[1]) then
    redis.call('ZADD', root .. 'free', load * 68719476736 + tonumber(r[2]), consumer)
  else
    redis.call('ZREM', root .. 'free', consumer)
  end
end

local function forget(root, consumer)
  redis.call('DEL', root .. 'r:' .. consumer)
  redis.call('ZREM', root .. 'c', consumer)
  redis.call('ZREM', root .. 'free', consumer)
  if redis.call('EXISTS', root .. 's') == 1 then redis.call('XGROUP', 'DELCONSUMER', root .. 's', group, consumer) end
end

local function streamed(root, id)
  local seq = redis.call('HINCRBY', root .. 'm', 'seq', 1)
  if redis.call('EXISTS', root .. 's') == 0 then
    redis.call('XGROUP', 'CREATE', root .. 's', group, '0', 'MKSTREAM')
  end
  redis.call('XADD', root .. 's', string.format('%.0f-0', seq), 't', id)
  redis.call('HSET', root .. 'k:' .. id, 'seq', seq, 'streamed', 1)
end

local function counted(root, change)
  local n = redis.call('HINCRBY', root .. 'm', 'n', change)
  if n == 0 then
    -- An empty queue is none, but one that empties often should not be made anew each time.
    redis.call('PEXPIRE', root .. 'm', 600000)
    redis.call('PEXPIRE', root .. 's', 600000)
  elseif n == 1 and change == 1 then
    redis.call('PERSIST', root .. 'm')
    redis.call('PERSIST', root .. 's')
  end
end

-- The oldest task that can be handed out, and its place where it is new.
local function oldest(root)
  local back = redis.call('ZRANGE', root .. 'back', 0, 0, 'WITHSCORES')
  local last = redis.call('HGET', root .. 'm', 'last') or '0'
  local new = redis.call('XRANGE', root .. 's', '(' .. last .. '-0', '+', 'COUNT', 1)[1]
  local place = new and string.match(new[1], '^%d+')
  if back[1] and not (place and tonumber(place) < tonumber(back[2])) then return back[1] end
  if place then return new[2][2], place end
end

local function handout(root, name)
  while true do
    local consumer = redis.call('ZRANGE', root .. 'free', 0, 0)[1]
    if not consumer then return end
    local id, place = oldest(root)
    if not id then return end
    local key = root .. 'k:' .. id
    local task = redis.call('HMGET', key, 'ts', 'attempts', 'headers', 'payload')
    local attempts = tonumber(task[2]) + 1
    local note = string.format('T %s %s %s %d %s %d\n', consumer, name, id, attempts, task[1], #task[3]) .. task[3] .. task[4]
    if tell(consumer, note) == 0 then
      -- Nobody listens there: its connection is gone. It announces itself again when it is back.
      forget(root, consumer)
    else
      if place then
        redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', 1, 'STREAMS', root .. 's', '>')
        redis.call('HSET', root .. 'm', 'last', place)
      else
        redis.call('ZREM', root .. 'back', id)
      end
      local ends = now + tonumber(redis.call('HGET', root .. 'r:' .. consumer, 'lease'))
      redis.call('HSET', key, 'attempts', attempts, 'holder', consumer, 'ends', ends)
      redis.call('ZADD', root .. 'held', math.min(ends, now + presence), id)
      burden(root, consumer, 1)
    end
  end
end

-- Out of its holder's hands and out of the stream.
local function release(root, id)
  local key = root .. 'k:' .. id
  local task = redis.call('HMGET', key, 'holder', 'seq', 'streamed')
  redis.call('ZREM', root .. 'held', id)
  if task[3] then
    local entry = string.format('%.0f-0', tonumber(task[2]))
    redis.call('XACK', root .. 's', group, entry)
    redis.call('XDEL', root .. 's', entry)
  end
  redis.call('HDEL', key, 'holder', 'ends', 'streamed')
  burden(root, task[1], -1)
  return task[2]
end

-- From now on the name is remembered for a while only.
local function fade(root, id)
  local name = redis.call('HGET', root .. 'k:' .. id, 'name')
  if name then
    redis.call('PEXPIRE', root .. 'd:' .. name, window)
    redis.call('HDEL', root .. 'k:' .. id, 'name')
  end
end

local function bury(id, reason)
  fade(live, id)
  local key = live .. 'k:' .. id
  local task = redis.call('HMGET', key, 'headers', 'attempts')
  local headers = string.sub(task[1], 1, -2) .. (task[1] == '{}' and '' or ',')
    .. '"x-dead-letter-queue":' .. cjson.encode(queue)
    .. ',"x-dead-letter-reason":' .. cjson.encode(reason)
    .. ',"x-dead-letter-attempts":"' .. task[2] .. '"}'
  redis.call('HSET', key, 'headers', headers, 'attempts', 0)
  redis.call('RENAME', key, dead .. 'k:' .. id)
  counted(live, -1)
  streamed(dead, id)
  counted(dead, 1)
  died = true
end

-- Whoever consumes is told when something will be due that no call will bring about.
local function remind(delay)
  for _, consumer in ipairs(redis.call('ZRANGE', live .. 'c', 0, -1)) do
    tell(consumer, string.format('D %s %d\n', queue, delay))
  end
end

local function giveback(id, delay, deadly, reason)
  local seq = release(live, id)
  local task = redis.call('HMGET', live .. 'k:' .. id, 'attempts', 'max')
  if live ~= dead and (deadly or tonumber(task[1]) >= tonumber(task[2])) then
    bury(id, reason ~= '' and reason or ('not done after ' .. task[1] .. ' attempts'))
  elseif delay > 0 then
    redis.call('ZADD', live .. 'later', now + delay, id)
    remind(delay)
  else
    redis.call('ZADD', live .. 'back', seq, id)
  end
end

-- What time alone has changed.
local function sweep()
  for _, consumer in ipairs(redis.call('ZRANGEBYSCORE', live .. 'c', '-inf', now)) do forget(live, consumer) end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', live .. 'held', '-inf', now, 'LIMIT', 0, 256)) do
    local ends = tonumber(redis.call('HGET', live .. 'k:' .. id, 'ends'))
    giveback(id, 0, false, ends <= now and 'the lease ran out' or 'its consumer is gone')
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', live .. 'later', '-inf', now, 'LIMIT', 0, 256)) do
    redis.call('ZREM', live .. 'later', id)
    redis.call('ZADD', live .. 'back', redis.call('HGET', live .. 'k:' .. id, 'seq'), id)
  end
end

local function finish()
  handout(live, queue)
  if died then handout(dead, graveyard) end
end

-- Milliseconds until time alone changes something; -1 for never.
local function due()
  local first = -1
  for _, set in ipairs({ 'later', 'held' }) do
    local head = redis.call('ZRANGE', live .. set, 0, 0, 'WITHSCORES')[2]
    if head and (first < 0 or head - now < first) then first = math.max(head - now, 0) end
  end
  return first
end

-- The task of a tag, 'task#attempt', where that attempt is in the consumer's hands.
local function held(consumer, tag)
  local id, attempt = string.match(tag, '^(.*)#(%d+)$')
  local task = redis.call('HMGET', live .. 'k:' .. id, 'holder', 'attempts')
  if task[1] == consumer and task[2] == attempt then return id end
end

sweep()

if command == 'enqueue' then
  local id, payload, headers, delay, max, name, capacity = unpack(ARGV, 7)
  if name ~= '' then
    local known = redis.call('GET', live .. 'd:' .. name)
    if known then
      finish()
      return { 'known', known }
    end
  end
  if tonumber(redis.call('HGET', live .. 'm', 'n') or '0') >= tonumber(capacity) then
    finish()
    return { 'full', capacity }
  end
  local key = live .. 'k:' .. id
  redis.call('HSET', key, 'ts', now, 'attempts', 0, 'max', max, 'headers', headers, 'payload', payload)
  if name ~= '' then
    redis.call('HSET', key, 'name', name)
    redis.call('SET', live .. 'd:' .. name, id)
  end
  if tonumber(delay) > 0 then
    redis.call('HSET', key, 'seq', redis.call('HINCRBY', live .. 'm', 'seq', 1))
    redis.call('ZADD', live .. 'later', now + delay, id)
    remind(tonumber(delay))
  else
    streamed(live, id)
  end
  counted(live, 1)
  finish()
  return { 'added', id }
end

if command == 'ready' then
  -- Announces a consumer or shows that it lives, renews what it holds, and answers what it no longer does.
  local consumer, credit, lease = ARGV[7], tonumber(ARGV[8]), ARGV[9]
  local answer, mine = { 0 }, 0
  for i = 10, #ARGV do
    local id = held(consumer, ARGV[i])
    if id then
      mine = mine + 1
      local ends = tonumber(redis.call('HGET', live .. 'k:' .. id, 'ends'))
      redis.call('ZADD', live .. 'held', math.min(ends, now + presence), id)
    else
      answer[#answer + 1] = ARGV[i]
    end
  end
  if credit > 0 then
    local key = live .. 'r:' .. consumer
    if redis.call('EXISTS', key) == 0 then redis.call('HSET', key, 'load', mine, 'turn', 0) end
    redis.call('HSET', key, 'credit', credit, 'lease', lease)
    redis.call('ZADD', live .. 'c', now + presence, consumer)
    burden(live, consumer, 0)
  end
  finish()
  answer[1] = string.format('%.0f', due())
  return answer
end

if command == 'leave' then
  forget(live, ARGV[7])
  finish()
  -- Comes after whatever was handed out before, on the way that hand-outs take.
  tell(ARGV[7], 'L ' .. ARGV[7] .. '\n')
  return { 'left' }
end

if command == 'ack' then
  local id = held(ARGV[7], ARGV[8])
  if not id then
    finish()
    return { 'gone' }
  end
  release(live, id)
  fade(live, id)
  redis.call('DEL', live .. 'k:' .. id)
  counted(live, -1)
  finish()
  return { 'done' }
end

if command == 'nack' then
  local consumer, tag, delay, deadly, reason = unpack(ARGV, 7)
  local id = held(consumer, tag)
  if not id then
    finish()
    return { 'gone' }
  end
  giveback(id, tonumber(delay), deadly == '1', reason)
  finish()
  return { 'done' }
end

if command == 'poke' then
  finish()
  return { string.format('%.0f', due()) }
end

return redis.error_reply('ERR unknown command of a queue')
