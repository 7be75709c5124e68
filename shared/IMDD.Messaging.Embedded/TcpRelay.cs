using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace IMDD.Messaging.Embedded;

/// <summary>Forwards connections to a fixed port on loopback to the first target that answers.</summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly TcpListener _listener;
    private readonly IReadOnlyList<IPEndPoint> _targets;
    private readonly CancellationTokenSource _stopping = new();

    public TcpRelay(int port, IReadOnlyList<IPEndPoint> targets)
    {
        _targets = targets;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    /// <summary>The fixed port.</summary>
    public int Port { get; }

    /// <summary>Reads <c>127.0.0.1:1234</c>.</summary>
    public static IPEndPoint ParseEndPoint(string text)
    {
        var colon = text.LastIndexOf(':');
        return new IPEndPoint(IPAddress.Loopback, int.Parse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ForwardAsync(await _listener.AcceptSocketAsync(_stopping.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using (client)
        {
            foreach (var target in _targets)
            {
                using var server = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await server.ConnectAsync(target, _stopping.Token);
                }
                catch (SocketException)
                {
                    continue; // This broker is down.
                }
                catch (OperationCanceledException)
                {
                    return;
                }

                client.NoDelay = true;
                await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
                return;
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 << 10];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, _stopping.Token)) > 0;)
            {
                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stopping.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Either side closed.
        }
    }
}
