/** Why a model is refused before it is loaded; `rule` names the check. */
export class OnnxRefusal extends Error {
  readonly rule: string

  constructor(rule: string, message: string) {
    super(message)
    this.rule = rule
  }
}
