using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace IMDD.Dapr.Tests.Double;

/// <summary>
/// Stands in for a Dapr sidecar: the part of its API that is used here, gRPC and HTTP, over real sockets, so that the real client talks to it.
/// It says what the API's documentation says a sidecar does; no sidecar was run to compare.
/// </summary>
internal sealed class SidecarDouble(TimeProvider time) : IAsyncDisposable
{
    public const string StateStore = "imdd-state";
    public const string LockStore = "imdd-lock";
    public const string PubSub = "imdd-notices";
    public const string SecretStore = "imdd-secrets";

    private const string Service = "/dapr.proto.runtime.v1.Dapr/";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (ByteString Value, long Version)> _state = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Owner, DateTimeOffset Until)> _locks = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private long _versions;
    private WebApplication? _app;

    public string HttpUrl { get; private set; } = "";

    public string GrpcUrl { get; private set; } = "";

    /// <summary>Base addresses of services, by app id.</summary>
    public ConcurrentDictionary<string, string> Services { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, string> Secrets { get; } = new(StringComparer.Ordinal);

    /// <summary>Requests by path, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>How often each notice is brought.</summary>
    public int Deliveries { get; set; } = 1;

    /// <summary>Awaited before each answer.</summary>
    public Func<CancellationToken, Task>? Delay { get; set; }

    public async Task StartAsync(int httpPort = 0, int grpcPort = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, httpPort, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(System.Net.IPAddress.Loopback, grpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.Use(async (context, next) =>
        {
            Requests.Enqueue(context.Request.Path);
            await (Delay?.Invoke(context.RequestAborted) ?? Task.CompletedTask);
            await next();
        });
        _app.MapGet("/v1.0/healthz/outbound", () => Results.NoContent());
        _app.Map("/v1.0/invoke/{app}/method/{**path}", InvokeAsync);
        Serve<SaveStateRequest>("SaveState", request => Save(request));
        Serve<GetStateRequest>("GetState", request => Get(request));
        Serve<TryLockRequest>("TryLockAlpha1", request => TryLock(request));
        Serve<UnlockRequest>("UnlockAlpha1", request => Unlock(request));
        Serve<GetSecretRequest>("GetSecret", request => GetSecret(request));
        ServeLater<PublishEventRequest>("PublishEvent", PublishAsync);
        await _app.StartAsync();
        (HttpUrl, GrpcUrl) = (_app.Urls.First(), _app.Urls.Last());
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            using CancellationTokenSource now = new(TimeSpan.Zero);
            await app.StopAsync(now.Token);
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
    }

    private void Serve<T>(string method, Func<T, IMessage> answer)
        where T : IMessage<T>, new()
        => ServeLater<T>(method, request => Task.FromResult(answer(request)));

    private void ServeLater<T>(string method, Func<T, Task<IMessage>> answer)
        where T : IMessage<T>, new()
        => _app!.MapPost(Service + method, context => AnswerAsync(context, answer));

    private static async Task AnswerAsync<T>(HttpContext context, Func<T, Task<IMessage>> answer)
        where T : IMessage<T>, new()
    {
        try
        {
            await GrpcFrame.WriteAsync(context.Response, await answer(await GrpcFrame.ReadAsync<T>(context.Request)));
        }
        catch (GrpcError e)
        {
            await GrpcFrame.FailAsync(context.Response, e.Status, e.Message);
        }
    }

    private static void RequireComponent(string name, string there)
    {
        if (name != there)
        {
            throw new GrpcError(GrpcError.InvalidArgument, $"component {name} is not found");
        }
    }

    private Empty Save(SaveStateRequest request)
    {
        RequireComponent(request.StoreName, StateStore);
        lock (_gate)
        {
            foreach (var item in request.States)
            {
                var present = _state.TryGetValue(item.Key, out var found) ? found.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) : "";
                var isFirstWrite = item.Options?.Concurrency == StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite;
                var expected = item.Etag?.Value ?? "";
                if ((expected.Length > 0 || isFirstWrite) && expected != present)
                {
                    throw new GrpcError(GrpcError.Aborted, $"possible etag mismatch for {item.Key}");
                }

                _state[item.Key] = (item.Value, ++_versions);
            }
        }

        return new Empty();
    }

    private GetStateResponse Get(GetStateRequest request)
    {
        RequireComponent(request.StoreName, StateStore);
        lock (_gate)
        {
            return _state.TryGetValue(request.Key, out var found)
                ? new GetStateResponse { Data = found.Value, Etag = found.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) }
                : new GetStateResponse();
        }
    }

    private TryLockResponse TryLock(TryLockRequest request)
    {
        RequireComponent(request.StoreName, LockStore);
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var isFree = !_locks.TryGetValue(request.ResourceId, out var held) || held.Until <= now;
            if (isFree)
            {
                _locks[request.ResourceId] = (request.LockOwner, now.AddSeconds(request.ExpiryInSeconds));
            }

            return new TryLockResponse { Success = isFree };
        }
    }

    private UnlockResponse Unlock(UnlockRequest request)
    {
        RequireComponent(request.StoreName, LockStore);
        lock (_gate)
        {
            if (!_locks.TryGetValue(request.ResourceId, out var held) || held.Until <= time.GetUtcNow())
            {
                return new UnlockResponse { Status = UnlockResponse.Types.Status.LockDoesNotExist };
            }

            if (held.Owner != request.LockOwner)
            {
                return new UnlockResponse { Status = UnlockResponse.Types.Status.LockBelongsToOthers };
            }

            _locks.Remove(request.ResourceId);
            return new UnlockResponse { Status = UnlockResponse.Types.Status.Success };
        }
    }

    private GetSecretResponse GetSecret(GetSecretRequest request)
    {
        RequireComponent(request.StoreName, SecretStore);
        GetSecretResponse answer = new();
        if (Secrets.TryGetValue(request.Key, out var value))
        {
            answer.Data.Add(request.Key, value);
        }

        return answer;
    }

    /// <summary>Brings the event, in a CloudEvents envelope, to every service that asks for the topic.</summary>
    private async Task<IMessage> PublishAsync(PublishEventRequest request)
    {
        RequireComponent(request.PubsubName, PubSub);
        foreach (var address in Services.Values)
        {
            var subscriptions = await _http.GetFromJsonAsync<JsonElement>($"{address}/dapr/subscribe");
            foreach (var subscription in subscriptions.EnumerateArray().Where(s
                => s.GetProperty("pubsubname").GetString() == request.PubsubName && s.GetProperty("topic").GetString() == request.Topic))
            {
                for (var i = 0; i < Deliveries; i++)
                {
                    var envelope = new { id = "1", source = "double", specversion = "1.0", type = "com.dapr.event.sent", topic = request.Topic, data = JsonDocument.Parse(request.Data.ToByteArray()).RootElement };
                    using var content = JsonContent.Create(envelope, new MediaTypeHeaderValue("application/cloudevents+json"));
                    using var taken = await _http.PostAsync(new Uri(address + subscription.GetProperty("route").GetString()), content);
                    taken.EnsureSuccessStatusCode();
                }
            }
        }

        return new Empty();
    }

    private async Task InvokeAsync(HttpContext context, string app, string path)
    {
        if (!Services.TryGetValue(app, out var address))
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await context.Response.WriteAsJsonAsync(new { errorCode = "ERR_DIRECT_INVOKE", message = $"failed to resolve {app}" });
            return;
        }

        using HttpRequestMessage request = new(new HttpMethod(context.Request.Method), $"{address}/{path}{context.Request.QueryString}");
        if (context.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
