namespace IMDD.Cli.Learn;

/// <summary>A way in which a word was tried.</summary>
/// <param name="Way"><c>word</c>: by the sentence alone; <c>regions</c>: with the regions that were painted.</param>
/// <param name="Released">True: the fleet got it.</param>
/// <param name="Refusal">Why it was not taken; null: it was.</param>
/// <param name="Threshold">Of the new row.</param>
/// <param name="RegionsUsed">Regions in the row.</param>
/// <param name="Bundle">Folder of the bundle that was made; null: there is none.</param>
internal sealed record WordTrial(string Way, bool Released, string? Refusal, double Threshold, int RegionsUsed, string? Bundle);
