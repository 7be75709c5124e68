using System.Globalization;
using System.Text.Json;

namespace IMDD.Dapr.State;

/// <summary>Keeps values in memory: they end with the process.</summary>
internal sealed class InProcessStateStore : IStateStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (byte[] Json, string ETag)> _values = new(StringComparer.Ordinal);
    private long _saves;

    public Task<StateEntry<T>?> GetAsync<T>(string key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_values.TryGetValue(key, out var found)
                ? new StateEntry<T>(JsonSerializer.Deserialize<T>(found.Json)!, found.ETag)
                : null);
        }
    }

    public Task<bool> TrySaveAsync<T>(string key, T value, string? etag, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value);
        lock (_gate)
        {
            if (_values.GetValueOrDefault(key).ETag != etag)
            {
                return Task.FromResult(false);
            }

            _values[key] = (json, (++_saves).ToString(CultureInfo.InvariantCulture));
            return Task.FromResult(true);
        }
    }
}
