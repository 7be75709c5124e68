namespace IMDD.Contracts.Audit;

/// <summary>What is written to audit logs.</summary>
public static class AuditAction
{
    public const string Register = "model.register";
    public const string Promote = "model.promote";
    public const string Rollback = "model.rollback";
    public const string Block = "model.block";
    public const string Stop = "model.stop";
    public const string StartRollout = "rollout.start";
    public const string ApproveRollout = "rollout.approve";
    public const string PauseRollout = "rollout.pause";
    public const string ResumeRollout = "rollout.resume";
    public const string CancelRollout = "rollout.cancel";
    public const string RegisterRecipe = "recipe.register";
    public const string AssignRecipe = "recipe.assign";
    public const string WithdrawRecipe = "recipe.withdraw";
    public const string PublishRoot = "keys.publish";
    public const string Label = "label.set";
    public const string RebaselineDrift = "drift.rebaseline";
    public const string Withdraw = "label.withdraw";
    public const string StartTraining = "training.start";
    public const string CancelTraining = "training.cancel";
    public const string ResumeTraining = "training.resume";
}
