-- Delivers entries again that are still this consumer's, and says how often they have been delivered.
-- KEYS stream   ARGV group, consumer, bytes, (id, delivery)…   answers {id, fields or false if it is gone, delivery}…
local taken, sum, i = {}, 0, 4
local bytes = tonumber(ARGV[3])
while i < #ARGV and (sum == 0 or sum < bytes) do
  local id, fields = ARGV[i], false
  if #redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1, ARGV[2]) == 1 then
    local entry = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', ARGV[i + 1])[1]
    if entry then
      fields = entry[2]
      for _, text in ipairs(fields) do
        sum = sum + #text
      end
    else
      redis.call('XACK', KEYS[1], ARGV[1], id) -- deleted from the stream meanwhile
    end
  end
  taken[#taken + 1] = {id, fields, tonumber(ARGV[i + 1])}
  i = i + 2
end
return taken
