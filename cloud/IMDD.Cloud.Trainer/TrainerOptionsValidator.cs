using System.ComponentModel.DataAnnotations;
using Cronos;
using IMDD.Cloud.Trainer.Children;
using IMDD.Cloud.Trainer.Runs;
using IMDD.Contracts.Identity;
using IMDD.Learning.Evaluation.Gates;
using IMDD.Relational;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Trainer;

/// <summary>What attributes cannot say of <see cref="TrainerOptions"/>.</summary>
internal sealed class TrainerOptionsValidator : IValidateOptions<TrainerOptions>
{
    private const string Section = TrainerOptions.Section;

    public ValidateOptionsResult Validate(string? name, TrainerOptions options)
    {
        List<string> errors = [];
        Require(options.InstanceName is not { } instance || NamePart.IsValid(instance), $"InstanceName is '{options.InstanceName}': expected {NamePart.Expected}.");
        Require(
            string.IsNullOrEmpty(options.ConnectionString) || RelationalDatabase.IsConnectionString(options.ConnectionString),
            "ConnectionString is not a PostgreSQL connection string: expected 'Host=…;Database=…;Username=…'.");
        Require(options.RegistryUrl is { IsAbsoluteUri: true, Scheme: "http" or "https" }, $"RegistryUrl is '{options.RegistryUrl}': expected http://HOST:PORT.");
        Require(
            TrainingProgram.Find(options) is not null,
            options.Program is { } program ? $"Program is '{program}', which is not there." : $"Program is not given, and there is no {TrainingProgram.Name} beside this program.");
        CheckSchedule(options, Require);
        CheckNested(options.Gate, "Gate");
        CheckNested(options.Training, "Training");
        CheckNested(options.Predict, "Predict");
        CheckClip(options.Training, Require);
        Require(options.Gate.Split is "test" or "all", $"Gate:Split is '{options.Gate.Split}': expected test or all.");
        CheckLimits(options.Gate, Require);
        Require(
            options.Gate.Data.Count > 0 || options.Gate.LabelledShare > 0,
            "Gate:Data is empty and Gate:LabelledShare is 0: expected pictures to judge a challenger on.");
        Require(
            options.Promote != PromotionTarget.Challenger || options.ChallengerAgents.Count > 0, "ChallengerAgents is empty: expected the agents that try a challenger.");
        for (var i = 0; i < options.ChallengerAgents.Count; i++)
        {
            Require(AgentAddress.TryParse(options.ChallengerAgents[i], out _), $"ChallengerAgents:{i} is '{options.ChallengerAgents[i]}': expected {AgentAddress.Expected}.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Require(bool condition, string message)
        {
            if (!condition)
            {
                errors.Add($"{Section}:{message}");
            }
        }

        void CheckNested(object nested, string key)
        {
            List<ValidationResult> results = [];
            Validator.TryValidateObject(nested, new ValidationContext(nested), results, validateAllProperties: true);
            errors.AddRange(results.Select(result => $"{Section}:{key}:{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}"));
        }
    }

    private static void CheckClip(FineTuningOptions training, Action<bool, string> require)
    {
        require(
            training.Clip is null == training.Tokenizer is null,
            $"Training:{(training.Clip is null ? nameof(training.Clip) : nameof(training.Tokenizer))} is missing: expected both {nameof(training.Clip)} and {nameof(training.Tokenizer)}, or neither.");
        foreach (var (key, folder) in new[] { (nameof(training.Clip), training.Clip), (nameof(training.Tokenizer), training.Tokenizer) })
        {
            require(folder is null || Directory.Exists(folder), $"Training:{key} is '{folder}': no such folder.");
        }
    }

    private static void CheckLimits(GateSetOptions gate, Action<bool, string> require)
    {
        try
        {
            _ = GateLimits.Parse(gate.Limits);
        }
        catch (ArgumentException e)
        {
            require(false, $"Gate:Limits: {e.Message}");
        }
    }

    private static void CheckSchedule(TrainerOptions options, Action<bool, string> require)
    {
        require(TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _), $"TimeZone is '{options.TimeZone}': expected one such as Europe/Berlin.");
        try
        {
            _ = TrainingSchedule.Parse(options.Schedule);
        }
        catch (CronFormatException e)
        {
            require(false, $"Schedule is '{options.Schedule}': {e.Message}");
        }
    }
}
