using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>Stands between a trainer and the registry, and holds requests to a path: before the registry gets one, or before the trainer hears what came of it.</summary>
internal sealed class HeldRegistry : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _registry;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _path;
    private readonly bool _isAnswer;

    private HeldRegistry(WebApplication app, HttpClient registry, string path, bool isAnswer) => (_app, _registry, _path, _isAnswer) = (app, registry, path, isAnswer);

    /// <summary>Where it listens.</summary>
    public string Url => _app.Urls.Single();

    /// <summary>Done once a request is held, with its answer there where that is what is held.</summary>
    public Task Held => _held.Task;

    /// <summary>Starts one.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="path">Of the requests that are sent there and held.</param>
    /// <param name="isAnswer">True: the registry does what they ask, and the trainer never hears it.</param>
    public static async Task<HeldRegistry> StartAsync(HttpClient registry, string path, bool isAnswer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        HeldRegistry held = new(builder.Build(), registry, path, isAnswer);
        held._app.Run(held.PassAsync);
        await held._app.StartAsync(TestContext.Current.CancellationToken);
        return held;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task PassAsync(HttpContext http)
    {
        var isHeld = HttpMethods.IsPost(http.Request.Method) && http.Request.Path == _path;
        if (isHeld && !_isAnswer)
        {
            await HoldAsync(http);
            return;
        }

        using var request = await CopyAsync(http.Request);
        using var answer = await _registry.SendAsync(request, http.RequestAborted);
        var content = await answer.Content.ReadAsByteArrayAsync(http.RequestAborted);
        if (isHeld)
        {
            answer.EnsureSuccessStatusCode();
            await HoldAsync(http);
            return;
        }

        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(content, http.RequestAborted);
        }
    }

    /// <summary>Until the client is gone.</summary>
    private async Task HoldAsync(HttpContext http)
    {
        _held.TrySetResult();
        await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<HttpRequestMessage> CopyAsync(HttpRequest from)
    {
        using MemoryStream body = new();
        await from.Body.CopyToAsync(body);
        HttpRequestMessage request = new(new HttpMethod(from.Method), from.GetEncodedPathAndQuery());
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.ToArray());
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(from.ContentType!);
        }

        return request;
    }
}
