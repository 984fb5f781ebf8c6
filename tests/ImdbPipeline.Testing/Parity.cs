using Xunit;

namespace ImdbPipeline.Testing;

/// <summary>Lets a test tell the figures it has compared: shown with the runner's <c>-showLiveOutput</c>.</summary>
public static class Parity
{
    public static void Says(FormattableString figures) =>
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(figures));
}
