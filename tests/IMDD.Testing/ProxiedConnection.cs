using System.Net;
using System.Net.Sockets;

namespace IMDD.Testing;

/// <summary>A connection through <see cref="TcpProxy"/>.</summary>
public sealed class ProxiedConnection(Socket client) : IDisposable
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly MemoryStream _sent = new();

    /// <summary>What the client has sent so far.</summary>
    public byte[] Sent
    {
        get
        {
            lock (_sent)
            {
                return _sent.ToArray();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
    }

    internal async Task RunAsync(int targetPort, CancellationToken stopping)
    {
        try
        {
            client.NoDelay = true;
            await _server.ConnectAsync(IPAddress.Loopback, targetPort, stopping);
            await Task.WhenAll(PumpAsync(client, _server, keep: true, stopping), PumpAsync(_server, client, keep: false, stopping));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut.
        }
        finally
        {
            Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool keep, CancellationToken stopping)
    {
        var buffer = new byte[64 << 10];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, stopping)) > 0;)
            {
                if (keep)
                {
                    lock (_sent)
                    {
                        _sent.Write(buffer, 0, read);
                    }
                }

                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), stopping);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut, or reset by one side: the other must see it.
            Dispose();
        }
    }
}
