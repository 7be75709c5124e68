using System.Net.Http.Json;
using IMDD.Contracts.Audit;
using IMDD.Contracts.Events;
using IMDD.Contracts.Training;
using IMDD.Testing;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>The training API of a trainer.</summary>
internal abstract class TrainerApi(HttpClient http)
{
    // Children, on a machine that does other things too.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public HttpClient Http => http;

    public async Task<bool> AnswersAsync()
    {
        try
        {
            return (await http.GetAsync(TrainingRoutes.Summary, Stop)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public Task<HttpResponseMessage> PostAsync<T>(string path, T request) => http.PostAsync(path, JsonContent.Create(request, options: ImddJson.Options), Stop);

    public async Task<TrainingRunView> StartAsync() => await Plant.ReadAsync<TrainingRunView>(await PostAsync(TrainingRoutes.Runs, new StartTraining { By = "test" }));

    public async Task<List<TrainingRunView>> RunsAsync() => ImddJson.Deserialize<List<TrainingRunView>>(await http.GetByteArrayAsync(TrainingRoutes.Runs, Stop));

    public async Task<TrainingSummary> SummaryAsync() => ImddJson.Deserialize<TrainingSummary>(await http.GetByteArrayAsync(TrainingRoutes.Summary, Stop));

    public async Task<TrainingRunView> RunAsync(string id) => ImddJson.Deserialize<TrainingRunView>(await http.GetByteArrayAsync(Route(TrainingRoutes.Run, id), Stop));

    public static string CancelRoute(string id) => Route(TrainingRoutes.Cancel, id);

    public Task<HttpResponseMessage> CancelAsync(string id, CancelTraining request) => PostAsync(CancelRoute(id), request);

    public async Task<AuditPage> AuditAsync() => ImddJson.Deserialize<AuditPage>(await http.GetByteArrayAsync(TrainingRoutes.Audit, Stop));

    /// <summary>Waits until there are as many labels.</summary>
    public Task LabelsAsync(int count) => Eventually.HoldsAsync(async () => (await SummaryAsync()).Labels == count);

    /// <summary>Waits until the run is as wanted.</summary>
    public async Task<TrainingRunView> WaitAsync(string id, Func<TrainingRunView, bool> wanted)
    {
        var run = await RunAsync(id);
        try
        {
            await Eventually.HoldsAsync(async () => wanted(run = await RunAsync(id)), Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; the run is {ImddJson.Serialize(run).Length} bytes, {run.State}, {run.Error}, {run.Progress}", e);
        }

        return run;
    }

    /// <summary>Waits until the run has ended, and checks how.</summary>
    public async Task<TrainingRunView> EndsAsync(string id, string state)
    {
        string[] ends = [TrainingState.Registered, TrainingState.Promoted, TrainingState.Refused, TrainingState.Failed, TrainingState.Cancelled];
        var run = await WaitAsync(id, r => ends.Contains(r.State));
        run.State.ShouldBe(state, run.Error);
        return run;
    }

    private static string Route(string route, string id) => route.Replace("{runId}", id, StringComparison.Ordinal);
}
