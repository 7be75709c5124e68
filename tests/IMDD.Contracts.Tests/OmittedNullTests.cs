using System.Reflection;
using System.Runtime.CompilerServices;
using IMDD.Contracts.Events;

namespace IMDD.Contracts.Tests;

/// <summary><see cref="ImddJson"/> leaves nulls out, so that what may be null must not be required when it is read.</summary>
public sealed class OmittedNullTests
{
    [Fact]
    public void NullableParametersAndProperties_OfEveryRecord_NotRequired()
    {
        NullabilityInfoContext nullability = new();
        var records = typeof(ImddJson).Assembly.GetExportedTypes().Where(type => type.GetMethod("<Clone>$") is not null).ToList();
        records.Count.ShouldBeGreaterThan(50);

        var parameters = records.SelectMany(type => type.GetConstructors()).SelectMany(constructor => constructor.GetParameters())
            .Where(p => !p.HasDefaultValue && nullability.Create(p).WriteState == NullabilityState.Nullable)
            .Select(p => $"{p.Member.DeclaringType!.Name}.{p.Name}").Except(NotOnTheWire);
        var properties = records.SelectMany(type => type.GetProperties())
            .Where(p => p.GetCustomAttribute<RequiredMemberAttribute>() is not null && nullability.Create(p).WriteState == NullabilityState.Nullable)
            .Select(p => $"{p.DeclaringType!.Name}.{p.Name}");

        parameters.Concat(properties).ShouldBeEmpty("left out when null, and then refused");
    }

    /// <summary>Topics are described in code, never in JSON.</summary>
    private static readonly string[] NotOnTheWire = ["KafkaTopicSpecification.Retention"];
}
