using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace IMDD.Testing;

/// <summary>
/// Stands between a client and a server on loopback: cuts connections, refuses new ones, freezes both directions, and keeps what each client
/// sent, so that a test can read the protocol from the wire.
/// </summary>
public sealed class TcpProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ProxiedConnection, byte> _open = new();
    private readonly ConcurrentQueue<ProxiedConnection> _all = new();
    private volatile bool _refuses;

    public TcpProxy(int targetPort)
    {
        TargetPort = targetPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    /// <summary>Port to connect to.</summary>
    public int Port { get; }

    /// <summary>Port forwarded to.</summary>
    public int TargetPort { get; }

    /// <summary>Connections so far, in order.</summary>
    public IReadOnlyList<ProxiedConnection> Connections => [.. _all];

    /// <summary>True: new connections are closed at once.</summary>
    public bool Refuses
    {
        get => _refuses;
        set => _refuses = value;
    }

    /// <summary>Cuts every open connection.</summary>
    public void Cut()
    {
        foreach (var connection in _open.Keys)
        {
            connection.Dispose();
        }
    }

    /// <summary>Cuts one connection, counted from 0, once it has sent something.</summary>
    public async Task CutAsync(int index)
    {
        await Eventually.HoldsAsync(() => Connections.Count > index && Connections[index].Sent.Length > 0);
        Connections[index].Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                if (_refuses)
                {
                    client.Dispose();
                    continue;
                }

                var connection = new ProxiedConnection(client);
                _all.Enqueue(connection);
                _open.TryAdd(connection, 0);
                _ = connection.RunAsync(TargetPort, _stopping.Token).ContinueWith(_ => _open.TryRemove(connection, out byte _), TaskScheduler.Default);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}
