namespace ImdbPipeline.Core.Runs;

/// <summary>Whether the published weights are an average over the last 40 % of the training steps.</summary>
public enum AveragingMode
{
    /// <summary>No: the weights of the last step.</summary>
    None,

    /// <summary>Exponential moving average with decay 0.995; the mean while it has at most 200 steps.</summary>
    Ema,

    /// <summary>Stochastic weight averaging: the mean of all of these steps (Izmailov et al. 2018).</summary>
    Swa,
}
