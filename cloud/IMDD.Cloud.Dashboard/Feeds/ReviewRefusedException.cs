namespace IMDD.Cloud.Dashboard.Feeds;

/// <summary>The curator answers and does not take it; the message is for the person who asked.</summary>
public sealed class ReviewRefusedException(string message) : Exception(message);
