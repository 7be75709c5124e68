using System.Buffers;
using System.Runtime.InteropServices;

namespace IMDD.Messaging.Mqtt;

/// <summary>
/// A payload in an array of the shared pool, given back once when its delivery is acknowledged. Whoever looks at it afterwards gets an
/// exception, not another message's bytes; one that is never acknowledged is left to the collector.
/// </summary>
internal sealed class PooledPayload(byte[] rented, int offset, int length) : MemoryManager<byte>
{
    private byte[]? _array = rented;

    /// <summary>The payload's owner, where it is pooled.</summary>
    public static PooledPayload? Of(ReadOnlyMemory<byte> payload)
        => MemoryMarshal.TryGetMemoryManager<byte, PooledPayload>(payload, out var owner) ? owner : null;

    /// <summary>Gives the array back; the first call counts.</summary>
    public void Return()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => Array.AsSpan(offset, length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => Array.AsMemory(offset, length)[elementIndex..].Pin();

    /// <inheritdoc/>
    public override void Unpin()
    {
        // The handle that Pin gave out does it.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Return();

    private byte[] Array => Volatile.Read(ref _array)
        ?? throw new ObjectDisposedException(nameof(PooledPayload), "A payload is only valid until its delivery is acknowledged.");
}
