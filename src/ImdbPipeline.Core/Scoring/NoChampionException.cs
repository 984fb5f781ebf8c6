using ImdbPipeline.Core.Storage;

namespace ImdbPipeline.Core.Scoring;

/// <summary>Scoring was requested before any model of the task was promoted (HTTP 409).</summary>
public sealed class NoChampionException(string task)
    : Exception($"{StorageLayout.Models}/{StorageLayout.Champion(task)}: expected a champion of task '{task}', found none. Upload a dataset of this task, send a retrain message and wait until its model is promoted.");
