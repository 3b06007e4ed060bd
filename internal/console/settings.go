package console

func (c *console) settingsRoutes() []route { return nil }
