namespace ImdbPipeline.Cli.Samples;

/// <param name="Text">What the reviewer wrote, with markup.</param>
/// <param name="Favourable">The opinion it was written for; null for reviews without a label.</param>
/// <param name="Rating">1 to 4 or 7 to 10 stars, 0 for reviews without a label: as in aclImdb.</param>
/// <param name="Movie">The number of the film; training and test reviews share none.</param>
public sealed record SampleReview(string Text, bool? Favourable, int Rating, int Movie)
{
    /// <summary>The folder of aclImdb that holds such reviews, which is the name of the label too.</summary>
    public string Folder => Favourable switch { true => "pos", false => "neg", null => "unsup" };
}
