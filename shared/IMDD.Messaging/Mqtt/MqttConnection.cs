using System.Diagnostics.CodeAnalysis;
using MQTTnet;

namespace IMDD.Messaging.Mqtt;

/// <summary>
/// One connection of a session. Each has a client object of its own, so that an acknowledgement or a publication of an old connection can
/// never reach a new one, where its packet identifier would mean something else.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Ended by CloseAsync; waiters may still look at the token and the window afterwards.")]
internal sealed class MqttConnection(IMqttClient client, OrderedAcknowledgements acknowledgements)
{
    // More than this under way at once buys nothing on one connection and costs memory in the broker.
    private const int LargestSendWindow = 256;
    private static readonly TimeSpan ReasonTimeout = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource<MqttClientDisconnectedEventArgs> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _gone = new();
    private Task _acknowledging = Task.CompletedTask;

    /// <summary>The client.</summary>
    public IMqttClient Client { get; } = client;

    /// <summary>PUBACKs owed.</summary>
    public OrderedAcknowledgements Acknowledgements { get; } = acknowledgements;

    /// <summary>Completes when the connection is gone.</summary>
    public Task<MqttClientDisconnectedEventArgs> Closed => _closed.Task;

    /// <summary>Fires when the connection is gone.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>The broker's Receive Maximum: how many of our publications may wait for their PUBACK.</summary>
    public SemaphoreSlim SendWindow { get; private set; } = new(1);

    /// <summary>The broker's Maximum Packet Size.</summary>
    public long MaximumPacketSize { get; private set; } = uint.MaxValue;

    /// <summary>Takes the limits that the broker announced in its CONNACK.</summary>
    public void Accept(MqttClientConnectResult result)
    {
        var window = result.ReceiveMaximum is null or 0 ? ushort.MaxValue : result.ReceiveMaximum.Value;
        SendWindow = new SemaphoreSlim(Math.Min((int)window, LargestSendWindow));
        MaximumPacketSize = result.MaximumPacketSize is null or 0 ? uint.MaxValue : result.MaximumPacketSize.Value;
    }

    /// <summary>Starts to send PUBACKs as they are released.</summary>
    public void StartAcknowledging(Action<string> onFailure) => _acknowledging = Task.Run(async () =>
    {
        try
        {
            await foreach (var delivery in Acknowledgements.Ready.ReadAllAsync(CancellationToken.None))
            {
                await delivery.SendAcknowledgementAsync(CancellationToken.None);
            }
        }
        catch (Exception exception)
        {
            // None may overtake the one that failed: give the connection up, the broker will deliver again.
            onFailure(exception.Message);
            await AbortAsync();
        }
    });

    /// <summary>
    /// Sends the PUBACKs that are due and waits until the broker has read them, so that the next client of this session is not given again
    /// what is done: a broker may drop what it has not read when that client comes. What is still owed stays owed.
    /// </summary>
    public async Task FinishAcknowledgingAsync(TimeSpan timeout)
    {
        Acknowledgements.Close();
        using var limit = new CancellationTokenSource(timeout);

        // Whatever fails (the library throws a NullReferenceException where the client is torn down meanwhile): the broker delivers them again, which is harmless.
        await _acknowledging.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Client.PingAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // answered in order, after the PUBACKs
    }

    /// <summary>Marks it as gone; what it still owed is forgotten.</summary>
    public void Close(MqttClientDisconnectedEventArgs reason)
    {
        Acknowledgements.Close();
        _closed.TrySetResult(reason);
        _gone.Cancel();
    }

    /// <summary>Cuts the connection without a DISCONNECT.</summary>
    public async Task AbortAsync()
    {
        Client.Dispose();

        // The library reports the broker's reason, if it gave one, a moment after the operation that failed.
        await Task.WhenAny(_closed.Task, Task.Delay(ReasonTimeout));
        Close(new MqttClientDisconnectedEventArgs(true, null, MqttClientDisconnectReason.UnspecifiedError, "cut off", null, null));
    }

    /// <summary>Ends the connection, with a DISCONNECT if it is still up.</summary>
    public async Task CloseAsync(TimeSpan timeout)
    {
        if (Client.IsConnected)
        {
            using var limit = new CancellationTokenSource(timeout);
            await Client.DisconnectAsync(new MqttClientDisconnectOptions(), limit.Token).ContinueWith(
                static t => t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        await AbortAsync();
    }
}
