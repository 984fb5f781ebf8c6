namespace ImdbPipeline.Cli.Samples;

/// <param name="Text">The text, with markup.</param>
/// <param name="Favourable">The opinion; null for unlabelled reviews.</param>
/// <param name="Rating">As in aclImdb: 1 to 4 or 7 to 10 stars; 0 for unlabelled reviews.</param>
/// <param name="Movie">The movie's number; training and test reviews share no movies.</param>
public sealed record SampleReview(string Text, bool? Favourable, int Rating, int Movie)
{
    /// <summary>The aclImdb folder of the review, which is also its label.</summary>
    public string Folder => Favourable switch { true => "pos", false => "neg", null => "unsup" };
}
