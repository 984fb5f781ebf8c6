using System.Text;
using ImdbPipeline.Core.Runs;
using ImdbPipeline.Core.Scoring;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Core.Tests.Corruption;

public sealed class DamagedMessagesTests
{
    private const string Retrain =
        """{"dataset":"films/0123456789abcdef","auxiliaryDatasets":["books"],"epochs":3,"learningRate":5e-05,"truncation":"headTail","furtherPretraining":{"epochs":1,"mlmProbability":0.15},"promote":"never"}""";

    [Fact]
    public Task A_damaged_retrain_message_is_rejected_or_valid() => RunAsync("retrain", Retrain, 600, 201, body => RetrainMessage.Validate(RetrainMessage.Parse(body)));

    [Fact]
    public Task A_damaged_shard_message_is_rejected_or_names_a_plan() => RunAsync(
        "scoring-shards", """{"plan":"0123456789abcdef","shard":12}""", 400, 202,
        body => Assert.True(ScoringShard.Parse(body) is { Shard: >= 0 } shard && ScorePlanStore.IsName(shard.Plan)));

    [Fact]
    public Task A_damaged_job_message_is_rejected_or_names_a_run() => RunAsync(
        "training-jobs", """{"run":"20260101-000000-abcdef01"}""", 400, 203, body => Assert.Matches("^[A-Za-z0-9-]{1,100}$", TrainingJob.Parse(body).Run));

    [Fact]
    public Task Damaged_Base64_is_rejected_or_read() => new DamageTrial("Base64 of a retrain message", 400, 204).RunAsync(
        Encoding.UTF8.GetBytes(QueueText.Encode(Retrain)),
        damaged =>
        {
            RetrainMessage.Parse(QueueText.Decode(Encoding.Latin1.GetString(damaged)));
        });

    // Hosts only pass on text; other bytes never reach the handlers.
    private static Task RunAsync(string queue, string body, int cases, int seed, Action<string> read) => new DamageTrial($"{queue} message", cases, seed).RunAsync(
        Encoding.UTF8.GetBytes(body), damaged => read(Encoding.UTF8.GetString(damaged)));
}
