using System.CommandLine;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Cli.Commands;

/// <summary><c>--task</c>: the task that a command is about.</summary>
internal sealed class TaskOption : Option<string?>
{
    /// <param name="description">What the task decides.</param>
    public TaskOption(string description) : base("--task")
    {
        (Description, HelpName) = (description, "task");
        CustomParser = result =>
        {
            var name = result.Tokens[0].Value;
            if (!TaskStore.IsName(name))
                result.AddError($"--task {name}: expected {TaskStore.NameRequirement}, found another. Correct the name.");
            return name;
        };
    }
}
