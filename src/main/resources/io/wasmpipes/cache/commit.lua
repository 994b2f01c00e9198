-- Makes the writes of one owner real, once.
-- KEYS applied, then value and claim of each write
-- ARGV owner, ms to remember it, then operation, argument and ttl in ms ('' for ever) of each write
-- answers 1, or 0 when the owner had been applied before
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end

local function set(key, value, ttl)
  if ttl == '' then
    redis.call('SET', key, value)
  else
    redis.call('SET', key, value, 'PX', ttl)
  end
end

-- A decimal number as INCRBY reads it; nil for anything else.
local function number(text)
  if type(text) ~= 'string' then
    return nil
  end
  local sign, digits = string.match(text, '^([+-]?)0*(%d+)$')
  if not digits then
    return nil
  end
  return (sign == '-' and digits ~= '0') and '-' .. digits or digits
end

-- INCRBY keeps 64 bits, which Lua's own numbers do not; it stops at the ends of the range.
local function add(key, delta, ttl)
  local known = number(redis.pcall('GET', key)) or '0'
  set(key, known, '')
  local sum = redis.pcall('INCRBY', key, delta)
  if type(sum) == 'table' then
    if string.find(sum.err, 'overflow') then
      set(key, string.sub(delta, 1, 1) == '-' and '-9223372036854775808' or '9223372036854775807', '')
    else -- too long for a number: counts as 0
      set(key, delta, '')
    end
  end
  if ttl ~= '' then
    redis.call('PEXPIRE', key, ttl)
  end
end

local owner = ARGV[1]
for i = 2, #KEYS, 2 do
  local at = 3 * (i / 2)
  local operation, argument, ttl = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if operation == 'put' then
    set(KEYS[i], argument, ttl)
  elseif operation == 'add' then
    add(KEYS[i], argument, ttl)
  else
    redis.call('DEL', KEYS[i])
  end
  if redis.call('GET', KEYS[i + 1]) == owner then
    redis.call('DEL', KEYS[i + 1])
  end
end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[2])
return 1
