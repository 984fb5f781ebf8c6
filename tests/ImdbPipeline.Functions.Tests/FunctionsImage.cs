using ImdbPipeline.Testing.Containers;

namespace ImdbPipeline.Functions.Tests;

/// <summary>The image of the Functions app, built once and shared by all tests.</summary>
public sealed class FunctionsImage : IDisposable
{
    private readonly Lazy<Task<BuiltImage>> image = new(() => BuiltImage.BuildAsync("src/ImdbPipeline.Functions/Dockerfile", [], CancellationToken.None));

    /// <returns>The app's folder in the image.</returns>
    public async Task<string> FolderAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The images are for Linux.");
        return (await image.Value.WaitAsync(TestContext.Current.CancellationToken)).Folder;
    }

    public void Dispose()
    {
        if (image is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } built })
            built.Result.Dispose();
    }
}
