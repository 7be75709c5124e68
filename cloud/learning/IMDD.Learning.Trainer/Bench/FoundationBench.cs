using System.Globalization;
using System.Text.Json;
using IMDD.Learning.Networks.Diffusion;
using IMDD.Learning.Networks.Diffusion.Sampling;
using IMDD.Learning.Networks.Weights;
using IMDD.Learning.Training;
using IMDD.Learning.Weights.Configurations;
using IMDD.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace IMDD.Learning.Trainer.Bench;

/// <summary>Measures the denoising network of a configuration, with weights drawn from a seed.</summary>
internal sealed class FoundationBench : IDisposable
{
    /// <summary>Kinds of runs whose memory is measured, each in a process of its own.</summary>
    public static readonly string[] MemoryKinds = ["forward", "step", "checkpointed"];

    private const int Seed = 1;
    private const double GuidanceScale = 7.5;
    private const double Tera = 1e12;

    private readonly FoundationBenchOptions _options;
    private readonly BenchPlace _place;
    private readonly int _latentStride;
    private readonly UnetConfiguration _configuration;
    private readonly Unet _unet;
    private readonly Unet? _channelsLast;
    private readonly Tensor _sample;
    private readonly Tensor _timesteps;
    private readonly Tensor _context;

    public FoundationBench(FoundationBenchOptions options)
    {
        set_num_threads(options.Threads);
        manual_seed(Seed);
        _options = options;
        _place = new BenchPlace(options.Device, options.Precision);
        var whole = FoundationConfiguration.Of(options.Configuration);
        _latentStride = whole.LatentStride;
        _configuration = whole.Unet;
        _unet = new Unet(_configuration);
        DrawnWeights.FillZeros(_unet);
        _unet.to(_place.Type);
        _unet.to(_place.Device);
        _channelsLast = options.IsChannelsLastMeasured ? ChannelsLast() : null;
        using NoiseSource noise = new(Seed);
        _sample = noise.Draw([options.Batch, _configuration.InChannels, options.LatentSide, options.LatentSide], _place.Type, _place.Device);
        _timesteps = full([options.Batch], whole.FeatureTimestep, int64, _place.Device);
        _context = noise.Draw([options.Batch, whole.Text.Context, _configuration.CrossAttentionWidth], _place.Type, _place.Device);
    }

    /// <summary>Everything; memory by processes that <paramref name="start"/> runs.</summary>
    /// <param name="start">From a kind to the bytes that a process of its own measured.</param>
    public FoundationBenchResult Run(Func<string, long> start)
    {
        var weights = _unet.named_parameters().ToDictionary(pair => pair.name, pair => (Tensor)pair.parameter, StringComparer.Ordinal);
        CheckBare(weights);
        Spent[] times = [.. Turns.Take(
            _options.Runs,
            [
                () => Step(() => _unet.Predict(_sample, _timesteps, _context), isCheckpointed: false),
                () => Step(() => BareUnet.Predict(_configuration, weights, _sample, _timesteps, _context), isCheckpointed: false),
                () => Step(() => _unet.Predict(_sample, _timesteps, _context), isCheckpointed: true),
                Forward,
                .. _channelsLast is { } other ? [() => Step(() => other.Predict(_sample, _timesteps, _context), isCheckpointed: false)] : Array.Empty<Action>(),
            ]).Select(Spent.MedianOf)];
        var (step, bare, checkpointed, forward) = (times[0], times[1], times[2], times[3]);
        var memory = _options.IsMemoryMeasured ? MemoryKinds.Select(start).ToArray() : null;
        var pass = UnetOperations.OfPass(_configuration, _options.LatentSide, _options.LatentSide, _context.shape[1]) / Tera;
        var (forwardRate, stepRate) = (Rate(pass, forward), Rate(UnetOperations.StepToPass * pass, step));
        var python = Python();
        return new FoundationBenchResult
        {
            Configuration = _options.Configuration,
            Batch = _options.Batch,
            LatentSide = _options.LatentSide,
            Threads = _options.Threads,
            ImageSide = _options.LatentSide * _latentStride,
            Device = _place.DeviceName,
            Precision = _place.PrecisionName,
            PassTflop = pass,
            StepTflop = UnetOperations.StepToPass * pass,
            ForwardTflops = forwardRate,
            StepTflops = stepRate,
            CheckpointedStepTflops = Rate(UnetOperations.StepToPass * pass, checkpointed),
            PeakTflops = _options.PeakTflops,
            ForwardUtilisation = forwardRate / _options.PeakTflops,
            StepUtilisation = stepRate / _options.PeakTflops,
            UnetParameters = ModuleWeights.LayoutOf(_unet).Parameters,
            ForwardMs = forward.Clock.TotalMilliseconds,
            ForwardImagesPerSecond = _options.Batch / forward.Clock.TotalSeconds,
            StepMs = step.Clock.TotalMilliseconds,
            StepImagesPerSecond = _options.Batch / step.Clock.TotalSeconds,
            BareStepMs = bare.Clock.TotalMilliseconds,
            StepToForward = TimeRatio.Of(step, forward),
            StepToBare = TimeRatio.Of(step, bare),
            Python = python,
            StepToPython = step.Clock.TotalMilliseconds / python?.StepMs,
            ForwardToPython = forward.Clock.TotalMilliseconds / python?.ForwardMs,
            CheckpointedStepMs = checkpointed.Clock.TotalMilliseconds,
            CheckpointedToStep = TimeRatio.Of(checkpointed, step),
            ChannelsLastToStep = _channelsLast is null ? null : TimeRatio.Of(times[4], step),
            SamplingToForward = _options.SamplerSteps > 0 ? Sampling(guidance: 1) : null,
            GuidedSamplingToForward = _options.SamplerSteps > 0 ? Sampling(GuidanceScale) : null,
            ForwardPeakBytes = memory?[0],
            StepPeakBytes = memory?[1],
            CheckpointedPeakBytes = memory?[2],
            CheckpointedPeakToStepPeak = (double?)memory?[2] / memory?[1],
        };
    }

    /// <summary>Peak memory of one run of a kind beyond that after loading; a step's gradients are in it.</summary>
    public long Memory(string kind)
    {
        Action run = kind == "forward" ? Forward : () => Step(() => _unet.Predict(_sample, _timesteps, _context), kind == "checkpointed");
        return _place.PeakOf(run);
    }

    public void Dispose()
    {
        _unet.Dispose();
        _channelsLast?.Dispose();
        _sample.Dispose();
        _timesteps.Dispose();
        _context.Dispose();
    }

    private Unet ChannelsLast()
    {
        Unet unet = new(_configuration);
        unet.load_state_dict(_unet.state_dict());
        unet.to(_place.Type);
        unet.to(_place.Device);
        unet.UseChannelsLast();
        return unet;
    }

    /// <summary>10¹² operations a second.</summary>
    private double Rate(double tflopOfImage, Spent time) => tflopOfImage * _options.Batch / time.Clock.TotalSeconds;

    private void CheckBare(IReadOnlyDictionary<string, Tensor> weights)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var difference = (BareUnet.Predict(_configuration, weights, _sample, _timesteps, _context) - _unet.Predict(_sample, _timesteps, _context)).abs().max().to(float32).item<float>();
        if (!(difference <= _place.MostDifference))
        {
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"The bare operations are off by {difference}: they are not the network's."));
        }
    }

    /// <summary>The script is given weights, inputs and what the network says, and refuses to be measured where it says something else.</summary>
    private PythonStep? Python()
    {
        var folder = Directory.CreateTempSubdirectory("imdd-bench-");
        try
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            var file = Path.Combine(folder.FullName, "step.safetensors");
            SafetensorsWriter.Write(file,
            [
                .. _unet.state_dict().Select(pair => Stored($"unet.{pair.Key}", pair.Value)),
                Stored("sample", _sample),
                TensorFiles.ToStored("timesteps", _timesteps.cpu()),
                Stored("context", _context),
                Stored("expected", _unet.Predict(_sample, _timesteps, _context)),
            ]);
            return PythonStep.Measure(
                _options.Python,
                "unet_step.py",
                JsonSerializer.Serialize(_configuration, JsonSerializerOptions.Web),
                file,
                _options.Runs.ToString(CultureInfo.InvariantCulture),
                _options.Threads.ToString(CultureInfo.InvariantCulture),
                _place.DeviceName,
                _place.PrecisionName,
                _place.MostDifference.ToString(CultureInfo.InvariantCulture));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        // In 32 bits, which hold every number of 16.
        static SafetensorsTensor Stored(string name, Tensor value) => TensorFiles.ToStored(name, value.to(float32).cpu());
    }

    private void Forward()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        _unet.Predict(_sample, _timesteps, _context);
        _place.Wait();
    }

    private void Step(Func<Tensor> predict, bool isCheckpointed)
    {
        using var scope = NewDisposeScope();
        _unet.Checkpointed = isCheckpointed;
        predict().square().mean().backward();
        _place.Wait();
        _unet.Checkpointed = false;
    }

    /// <summary>
    /// A whole run of the sampler over as many bare passes, twice as many with guidance. A bare pass is taken within every step of the sampler, its time
    /// taken out of the sampler's, so that both see the same machine.
    /// </summary>
    private TimeRatio Sampling(double guidance)
    {
        NoiseSchedule schedule = new(NoiseScheduleOptions.Paper);
        using DpmSolverSampler sampler = new(schedule, _options.SamplerSteps);
        using var empty = zeros_like(_context);
        Guidance guided = new(_unet, _context, empty, guidance);
        var bare = default(Spent);
        LatentGenerator generator = new(sampler, (sample, timestep) =>
        {
            for (var pass = 0; pass < (guidance == 1 ? 1 : 2); pass++)
            {
                bare += Spent.Of(Forward);
            }

            // The sampler computes in 32 bits, whatever the network does.
            return guided.Predict(sample.to(_place.Type), timestep).to(sample.dtype);
        });
        Generate();
        bare = default;
        var whole = default(Spent);
        for (var run = 0; run < _options.Runs; run++)
        {
            whole += Spent.Of(Generate);
        }

        return TimeRatio.Of(whole - bare, bare);

        void Generate()
        {
            using var scope = NewDisposeScope();
            generator.FromNoise(_sample.shape, Seed, _place.Device);
            _place.Wait();
        }
    }
}
