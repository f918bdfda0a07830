// Package alerts tells people of what in the trail cannot wait until somebody
// looks: by e-mail, Telegram or a webhook, in Vietnamese, English or both.
//
//	watch, err := alerts.Start(cfg.Audit.Alerts, alerts.Source{…}, alerts.Options{Logger: log})
//	if err != nil {
//		return err
//	}
//	defer watch.Close()
//
// It reads the trail as a sink does, with a place of its own that outlives a
// restart. What happens goes through a rule, which makes occurrences of events;
// a group, which makes one alert of what belongs together; and an outbox, which
// tries until the channel takes it. The place moves on only when nothing waits:
// an alert may come twice after a crash, but not never.
package alerts
