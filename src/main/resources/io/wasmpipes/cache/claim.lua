-- Claims a key that has no value.
-- KEYS value, claim   ARGV owner, lease in ms   answers 0 acquired, 1 present, 2 held by another
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 1
end
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then
  return 2
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 0
