namespace ImdbPipeline.EndToEnd.Tests.Containers;

/// <summary>The image of the Functions app, built once for all who look into it.</summary>
public sealed class FunctionsImage : IDisposable
{
    private readonly Lazy<Task<BuiltImage>> image = new(() => BuiltImage.BuildAsync("src/ImdbPipeline.Functions/Dockerfile", [], CancellationToken.None));

    /// <returns>The app's folder in it.</returns>
    public async Task<string> FolderAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The images are Linux's.");
        Assert.SkipUnless(FunctionsApp.IsBuilt, "no package source offers the packages of the isolated worker");
        return (await image.Value.WaitAsync(TestContext.Current.CancellationToken)).Folder;
    }

    public void Dispose()
    {
        if (image is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } built })
            built.Result.Dispose();
    }
}
