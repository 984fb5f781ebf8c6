using Xunit;

namespace ImdbPipeline.Testing;

/// <summary>Prints the figures that a test has compared; shown with the runner's <c>-showLiveOutput</c>.</summary>
public static class ReportedFigures
{
    public static void Report(FormattableString figures) =>
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(figures));
}
