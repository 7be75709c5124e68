using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace IMDD.Relational;

/// <summary>See <see cref="Timestamp"/>.</summary>
internal sealed class TimestampConverter() : ValueConverter<DateTimeOffset, long>(
    time => Timestamp.ToMicroseconds(time),
    microseconds => Timestamp.FromMicroseconds(microseconds));
