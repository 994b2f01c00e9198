-- Takes over entries that nobody has kept alive.
-- KEYS stream   ARGV group, consumer, idle in ms, cursor, count, bytes   answers {cursor, {id, fields, delivery}…}
local taken, sum, cursor, rounds = {}, 0, ARGV[4], 0
local count, bytes = tonumber(ARGV[5]), tonumber(ARGV[6])
repeat
  local answer = redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], cursor, 'COUNT', 1)
  cursor = answer[1]
  local entry = answer[2][1]
  if entry then
    local pending = redis.call('XPENDING', KEYS[1], ARGV[1], entry[1], entry[1], 1)
    taken[#taken + 1] = {entry[1], entry[2], pending[1][4]}
    for _, text in ipairs(entry[2]) do
      sum = sum + #text
    end
  end
  rounds = rounds + 1
until cursor == '0-0' or #taken >= count or sum >= bytes or rounds >= 1000
return {cursor, taken}
