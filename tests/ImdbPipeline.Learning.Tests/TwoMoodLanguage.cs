namespace ImdbPipeline.Learning.Tests;

/// <summary>
/// A generated language with two moods. Only co-occurrence reveals the mood of a word, so a model that saw a few of the words
/// with labels learns about the rest only from unlabelled text.
/// </summary>
internal static class TwoMoodLanguage
{
    private const int WordsPerMood = 16;

    private static readonly string[] things = ["film", "plot", "cast", "score", "scene", "ending"];
    private static readonly string[][] moods = [.. ((string[])["bleak", "bright"]).Select(mood => Enumerable.Range(0, WordsPerMood).Select(i => $"{mood}{i}").ToArray())];

    public static string[] All { get; } = [.. moods.SelectMany(mood => mood), .. things, "the", "was", "."];

    /// <summary>A sentence with words of one mood.</summary>
    public static string Sentence(Random random, int mood, int words) =>
        $"the {things[random.Next(things.Length)]} was {string.Join(' ', Enumerable.Range(0, words).Select(_ => moods[mood][random.Next(WordsPerMood)]))} .";
}
