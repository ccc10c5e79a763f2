import JinjaTemplates

/// The text that a template renders.
func text(
    _ template: String, _ variables: [(String, TemplateValue)] = [], limits: TemplateLimits = .standard
) throws(TemplateError) -> String {
    try Template(template).render(variables, limits: limits).map(\.text).joined()
}
