-- Reads new entries, one by one so that their bytes are bounded: at most one entry too many.
-- KEYS stream   ARGV group, consumer, count, bytes   answers {id, fields, delivery}…
local taken, sum = {}, 0
local count, bytes = tonumber(ARGV[3]), tonumber(ARGV[4])
while #taken < count and (#taken == 0 or sum < bytes) do
  local answer = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', 1, 'STREAMS', KEYS[1], '>')
  if not answer then
    break
  end
  local entry = answer[1][2][1]
  taken[#taken + 1] = {entry[1], entry[2], 1}
  for _, text in ipairs(entry[2]) do
    sum = sum + #text
  end
end
return taken
