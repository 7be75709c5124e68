using System.Net;
using System.Net.Sockets;

namespace IMDD.Messaging.Embedded;

/// <summary>Ports on 127.0.0.1.</summary>
public static class LoopbackPort
{
    /// <summary>A free port. Another process may take it before it is used; where that matters, try again.</summary>
    public static int Free() => TryBind(0) ?? throw new SocketException((int)SocketError.AddressNotAvailable);

    /// <summary>The wanted port if it is free, else the next free one.</summary>
    public static int FirstFree(int wanted)
    {
        for (var port = wanted; port < IPEndPoint.MaxPort; port++)
        {
            if (TryBind(port) is { } free)
            {
                return free;
            }
        }

        throw new SocketException((int)SocketError.AddressNotAvailable);
    }

    /// <summary>
    /// Keeps a port from being given to a connection of anybody, until it is disposed of: bound and not listened on, with its address left for use by one who
    /// wants this very port and says so (SO_REUSEADDR, socket(7)). Null: somebody has it already.
    /// </summary>
    public static Socket? Hold(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static int? TryBind(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
        finally
        {
            listener.Dispose();
        }
    }
}
