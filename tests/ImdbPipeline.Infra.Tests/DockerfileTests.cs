using System.Text.RegularExpressions;
using System.Xml.Linq;
using ImdbPipeline.Testing;
using ImdbPipeline.Testing.Containers;

namespace ImdbPipeline.Infra.Tests;

/// <summary>Checks the Dockerfiles against hadolint's rules (cited by number) and against the projects and Bicep files they depend on.</summary>
public sealed partial class DockerfileTests
{
    private const string Functions = "src/ImdbPipeline.Functions/Dockerfile";
    private const string Trainer = "src/ImdbPipeline.Trainer/Dockerfile";

    public static TheoryData<string> Files => [Functions, Trainer];

    [Fact]
    public void These_tests_cover_every_Dockerfile()
    {
        var found = DockerContext.FilesUnder("src").Where(path => Path.GetFileName(path).Contains("Dockerfile", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(Files.Select(row => row.Data).Order(), found.Order());
    }

    /// <summary>DL3006, DL3007, DL3024, and DL3026 with one allowed registry.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Base_images_are_versioned_Microsoft_images_and_stage_names_are_unique(string file)
    {
        var stages = Dockerfile.Read(file).Stages;
        Assert.All(stages, stage => Assert.Matches(@"\Amcr\.microsoft\.com/[a-z/-]+:[a-z0-9.-]*\d[a-z0-9.-]*\z", stage.Base));
        Assert.Equal(2, stages.Select(stage => stage.Name).OfType<string>().Distinct().Count());
    }

    /// <summary>DL3000, DL3003, DL3004, DL4006, and the apt-get rules (DL3008, DL3009, DL3015, DL3027), because apt-get is not used at all.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Work_folders_are_absolute_and_commands_do_not_pipe_use_sudo_or_install_packages(string file)
    {
        foreach (var stage in Dockerfile.Read(file).Stages)
        {
            Assert.All(stage.InstructionsNamed("WORKDIR"), folder => Assert.StartsWith("/", folder.Arguments, StringComparison.Ordinal));
            Assert.All(stage.InstructionsNamed("RUN"), run => Assert.DoesNotMatch(@"\bsudo\b|\bcd\b|\bapt(-get)?\b|\bcurl\b|\bwget\b|\|(?!\|)", run.Arguments));
        }
    }

    /// <summary>DL3011, DL3020, DL3022, DL3023, DL4000.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Files_are_copied_from_the_context_or_an_earlier_stage_and_ADD_is_not_used(string file)
    {
        var stages = Dockerfile.Read(file).Stages;
        for (var i = 0; i < stages.Count; i++)
        {
            Assert.Empty(stages[i].InstructionsNamed("ADD"));
            Assert.Empty(stages[i].InstructionsNamed("MAINTAINER"));
            Assert.All(stages[i].InstructionsNamed("COPY"), copy => Assert.True(copy.FromStage is null || stages.Take(i).Any(stage => stage.Name == copy.FromStage), copy.Arguments));
            Assert.All(stages[i].InstructionsNamed("EXPOSE"), port => Assert.InRange(int.Parse(port.Arguments, System.Globalization.CultureInfo.InvariantCulture), 1024, 65535));
        }
    }

    /// <summary>DL3002, DL3012, DL3025, DL4003, DL4004.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void The_image_runs_one_program_without_a_shell_as_a_non_root_user(string file)
    {
        var image = Dockerfile.Read(file).Image;
        Assert.NotNull(Assert.Single(image.InstructionsNamed("ENTRYPOINT")).Exec);
        Assert.Empty(image.InstructionsNamed("CMD"));
        Assert.Equal("$APP_UID", Assert.Single(image.InstructionsNamed("USER")).Arguments);
        Assert.Equal("NONE", Assert.Single(image.InstructionsNamed("HEALTHCHECK")).Arguments);
        var names = image.Instructions.Select(instruction => instruction.Name).ToList();
        Assert.True(names.LastIndexOf("RUN") < names.IndexOf("USER") && names.LastIndexOf("COPY") < names.IndexOf("USER"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Arguments_and_variables_contain_no_secrets(string file)
    {
        foreach (var stage in Dockerfile.Read(file).Stages)
            Assert.All(stage.InstructionsNamed("ENV").Concat(stage.InstructionsNamed("ARG")), set => Assert.DoesNotMatch("(?i)password|secret[^s]|token|accountkey|sharedaccess", set.Arguments));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Copied_files_exist_and_are_in_the_build_context(string file)
    {
        var copied = Dockerfile.Read(file).Stages.SelectMany(stage => stage.InstructionsNamed("COPY")).Where(copy => copy.FromStage is null).SelectMany(copy => copy.Paths.SkipLast(1));
        Assert.All(copied, path =>
        {
            Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path);
            Assert.True(DockerContext.Contains(path), $"{path} is excluded by .dockerignore");
        });
    }

    [Theory]
    [InlineData("local.settings.json")]
    [InlineData("src/ImdbPipeline.Functions/local.settings.json")]
    [InlineData(".git/config")]
    [InlineData("src/ImdbPipeline.Core/bin/Debug/net10.0/ImdbPipeline.Core.dll")]
    [InlineData("src/ImdbPipeline.Core/obj/project.assets.json")]
    [InlineData("tests/ImdbPipeline.Testing/Repository.cs")]
    public void Files_that_no_image_needs_are_excluded_from_the_build_context(string path) => Assert.False(DockerContext.Contains(path));

    [Theory]
    [MemberData(nameof(Files))]
    public void Only_project_files_and_build_tasks_are_copied_before_the_restore_so_that_its_layer_is_cached(string file)
    {
        var build = Dockerfile.Read(file).Stages[0];
        var before = build.Instructions.TakeWhile(instruction => instruction.Name != "RUN").Where(instruction => instruction.Name == "COPY").SelectMany(copy => copy.Paths.SkipLast(1)).ToList();
        var project = ProjectOf(file);
        Assert.Contains($"dotnet restore {project} ", build.InstructionsNamed("RUN").First().Arguments, StringComparison.Ordinal);
        Assert.Equal(Projects(project).Order(StringComparer.Ordinal), before.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        var buildFolders = Projects(project).Select(path => $"{Path.GetDirectoryName(path)}/build/").Where(folder => Directory.Exists(Path.Combine(Repository.Root, folder)));
        Assert.Equal(buildFolders.Order(StringComparer.Ordinal), before.Where(path => path.EndsWith('/')).Order(StringComparer.Ordinal));

        var publish = build.InstructionsNamed("RUN").Last().Arguments;
        Assert.Contains($"dotnet publish {project} --no-restore ", publish, StringComparison.Ordinal);
        // Both commands must use the same options, or publishing would have to restore again.
        Assert.Equal(RestoreOption().Matches(build.InstructionsNamed("RUN").First().Arguments).Select(match => match.Value), RestoreOption().Matches(publish).Select(match => match.Value));
    }

    [Slow]
    [Fact]
    public async Task The_Functions_host_listens_on_the_target_port_of_the_ingress()
    {
        var image = Dockerfile.Read(Functions).Image;
        var port = Assert.Single(image.InstructionsNamed("EXPOSE")).Arguments;
        Assert.Equal($"http://+:{port}", image.Environment["ASPNETCORE_URLS"]);
        var module = await Bicep.CompileAsync("modules/functions.bicep");
        Assert.Equal(port, module.GetProperty("variables").GetProperty("port").GetRawText());
        var app = module.Resources("Microsoft.App/containerApps").Single().GetProperty("properties");
        Assert.Equal("[variables('port')]", app.GetProperty("configuration").GetProperty("ingress").GetProperty("targetPort").GetString());
        Assert.Equal(image.Environment["AzureWebJobsScriptRoot"] + "/", image.InstructionsNamed("COPY").Single().Paths[^1]);
    }

    [Fact]
    public void The_trainer_image_starts_the_assembly_of_the_trainer_project()
    {
        var exec = Dockerfile.Read(Trainer).Image.InstructionsNamed("ENTRYPOINT").Single().Exec!;
        Assert.Equal(["dotnet", Path.GetFileNameWithoutExtension(ProjectOf(Trainer)) + ".dll"], exec);
    }

    private static string ProjectOf(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        return $"{folder}/{Path.GetFileName(folder)}.csproj";
    }

    /// <summary>A project and all projects it references, directly or indirectly.</summary>
    private static IEnumerable<string> Projects(string project)
    {
        var folder = Path.GetDirectoryName(project)!;
        return XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("ProjectReference")
            .Select(reference => Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, folder, reference.Attribute("Include")!.Value)))
            .SelectMany(Projects).Prepend(project).Distinct();
    }

    [GeneratedRegex(@"-r \S+|-p:TorchBackend=\S+")]
    private static partial Regex RestoreOption();
}
