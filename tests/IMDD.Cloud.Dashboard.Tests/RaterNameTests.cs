using IMDD.Cloud.Dashboard.Components.Review;
using IMDD.Contracts.Identity;

namespace IMDD.Cloud.Dashboard.Tests;

public sealed class RaterNameTests
{
    [Theory]
    [InlineData("Anna K.", "anna-k")]
    [InlineData("  ben ", "ben")]
    [InlineData("--c--d--", "c-d")]
    [InlineData("a name that is far longer than what a name may be", "a-name-that-is-far-longer-than")]
    public void From_WhatPeopleType_IsANamePart(string typed, string expected)
    {
        RaterName.From(typed).ShouldBe(expected);
        NamePart.IsValid(expected).ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" . ")]
    public void From_NoName_IsEmpty(string? typed) => RaterName.From(typed).ShouldBeEmpty();
}
