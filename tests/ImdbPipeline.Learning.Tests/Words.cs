namespace ImdbPipeline.Learning.Tests;

/// <summary>
/// A language of two moods: many words of each, which nothing but their company tells apart. Whoever has seen a few of them
/// with a label knows the others only by having read more.
/// </summary>
internal static class Words
{
    private const int OfAMood = 16;

    private static readonly string[] things = ["film", "plot", "cast", "score", "scene", "ending"];
    private static readonly string[][] moods = [.. ((string[])["bleak", "bright"]).Select(mood => Enumerable.Range(0, OfAMood).Select(i => $"{mood}{i}").ToArray())];

    public static string[] All { get; } = [.. moods.SelectMany(mood => mood), .. things, "the", "was", "."];

    /// <summary>A sentence of words of one mood.</summary>
    public static string Sentence(Random random, int mood, int words) =>
        $"the {things[random.Next(things.Length)]} was {string.Join(' ', Enumerable.Range(0, words).Select(_ => moods[mood][random.Next(OfAMood)]))} .";
}
