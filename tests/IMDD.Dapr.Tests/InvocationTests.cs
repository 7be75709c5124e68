using System.Net;
using System.Text;
using IMDD.Dapr.Invocation;
using IMDD.Dapr.Tests.Double;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Dapr.Tests;

public sealed class InvocationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_OfAnotherService_GetsItsAnswers(bool isDapr)
    {
        await using SidecarDouble sidecar = new(TimeProvider.System);
        await sidecar.StartAsync();
        await using var curator = await TestService.StartAsync(new Dictionary<string, string?>(), map: app =>
        {
            app.MapPost("/api/things/{name}", async (string name, int limit, HttpRequest request) =>
            {
                using StreamReader body = new(request.Body);
                return Results.Text($"{name} {limit} {await body.ReadToEndAsync()}", statusCode: 201);
            });
            app.MapGet("/none", () => Results.NotFound());
        });
        sidecar.Services["curator"] = curator.Url;
        await using var caller = await TestService.StartAsync(
            isDapr ? TestService.With(sidecar) : new Dictionary<string, string?>(),
            add: builder => builder.Services
                .AddHttpClient("c", http => http.BaseAddress = isDapr ? new Uri("http://127.0.0.1:1") : new Uri(curator.Url))
                .AddServiceInvocation(ServiceNames.Curator));
        using var client = caller.Get<IHttpClientFactory>().CreateClient("c");
        using StringContent content = new("body", Encoding.UTF8);

        using var answer = await client.PostAsync("api/things/a%20b?limit=3", content, Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldBe("a b 3 body");
        (await client.GetAsync("none", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        sidecar.Requests.Any(path => path.StartsWith("/v1.0/invoke/curator/method/", StringComparison.Ordinal)).ShouldBe(isDapr);
    }

    [Fact]
    public async Task Client_SidecarAway_ThrowsAsOfAServiceThatIsAway()
    {
        SidecarDouble sidecar = new(TimeProvider.System);
        await sidecar.StartAsync();
        await using var caller = await TestService.StartAsync(
            TestService.With(sidecar),
            add: builder => builder.Services.AddHttpClient("c", http => http.BaseAddress = new Uri("http://127.0.0.1:1")).AddServiceInvocation(ServiceNames.Curator));
        await sidecar.DisposeAsync();
        using var client = caller.Get<IHttpClientFactory>().CreateClient("c");

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("none", Stop));
    }
}
